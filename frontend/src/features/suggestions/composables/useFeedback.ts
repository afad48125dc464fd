/** What this reader says of a suggestion: kept at once, taken back with one click. */
import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed, ref, watch } from 'vue'
import type { FeedbackInput, Suggestion } from '@/api/types'
import { giveFeedback, takeBackFeedback } from '../api'

export function useFeedback(suggestion: () => Suggestion) {
  const cache = useQueryClient()
  const given = ref(suggestion().feedback)
  watch(
    () => suggestion().feedback,
    (feedback) => (given.value = feedback),
  )
  const refresh = () => void cache.invalidateQueries({ queryKey: ['suggestions'] })
  const give = useMutation({
    mutationFn: (body: FeedbackInput) => giveFeedback(suggestion().id, body),
    onSuccess: (feedback) => (given.value = feedback),
    onSettled: refresh,
  })
  const takeBack = useMutation({
    mutationFn: () => takeBackFeedback(suggestion().id),
    onSuccess: () => (given.value = null),
    onSettled: refresh,
  })
  const isBusy = computed(() => give.isPending.value || takeBack.isPending.value)
  return { given, give, takeBack, isBusy }
}
