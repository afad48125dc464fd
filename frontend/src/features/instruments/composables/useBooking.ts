/** A booking on its way: the chosen time, the server's refusal and the times it offers instead. */
import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { ref } from 'vue'
import { isProblem } from '@/api/problem'
import type { FreeSpan } from '@/api/types'
import { bookInstrument, type NewBooking } from '../api'

export interface BrokenRule {
  code: string
  repair?: { starts_at?: string; ends_at?: string }
}

export function useBooking(instrumentId: () => string) {
  const cache = useQueryClient()
  const offered = ref<FreeSpan[]>([])
  const isTaken = ref(false)
  const broken = ref<BrokenRule[]>([])
  const failure = ref<unknown>(null)

  function reset(): void {
    offered.value = []
    isTaken.value = false
    broken.value = []
    failure.value = null
  }

  const mutation = useMutation({
    mutationFn: (body: NewBooking) => bookInstrument(instrumentId(), body),
    onMutate: reset,
    onError: (error) => {
      if (isProblem(error, 'slot_taken')) {
        isTaken.value = true
        offered.value = (error.data.next_free ?? []) as FreeSpan[]
      } else if (isProblem(error, 'booking_rules_broken')) {
        broken.value = (error.data.broken ?? []) as BrokenRule[]
      } else {
        failure.value = error
      }
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ['calendar', instrumentId()] })
      void cache.invalidateQueries({ queryKey: ['bookings'] })
    },
  })

  return { mutation, offered, isTaken, broken, failure, reset }
}
