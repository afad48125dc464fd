/** Every page and its address; a page that needs an account leads through login and back. */
import {
  createRouter,
  createWebHistory,
  type RouteLocationNormalized,
  type RouteRecordRaw,
} from 'vue-router'
import { organisationRoutes } from './features/organisations/routes'
import { useSessionStore } from './features/session/store'

declare module 'vue-router' {
  interface RouteMeta {
    needsLogin?: boolean
    needsReviewer?: boolean
    needsAdministrator?: boolean
    needsImporter?: boolean
    needsStaff?: boolean
  }
}

const needsLogin = { needsLogin: true }
const needsReviewer = { needsLogin: true, needsReviewer: true }
const needsStaff = { needsLogin: true, needsStaff: true }
const needsImporter = { needsLogin: true, needsImporter: true }

function listingRoutes(kind: 'need' | 'capability', plural: string): RouteRecordRaw[] {
  return [
    {
      path: `/${plural}`,
      name: plural,
      component: () => import('./features/listings/pages/ListingsPage.vue'),
      props: { kind },
    },
    {
      path: `/${plural}/new`,
      name: `${kind}-new`,
      component: () => import('./features/listings/pages/ListingFormPage.vue'),
      props: { kind },
      meta: needsLogin,
    },
    {
      path: `/${plural}/:id`,
      name: kind,
      component: () => import('./features/listings/pages/ListingPage.vue'),
      props: (route) => ({ kind, id: String(route.params.id) }),
    },
    {
      path: `/${plural}/:id/edit`,
      name: `${kind}-edit`,
      component: () => import('./features/listings/pages/ListingFormPage.vue'),
      props: (route) => ({ kind, id: String(route.params.id) }),
      meta: needsLogin,
    },
  ]
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./features/home/pages/HomePage.vue') },
  ...listingRoutes('need', 'needs'),
  ...listingRoutes('capability', 'capabilities'),
  {
    path: '/instruments',
    name: 'instruments',
    component: () => import('./features/instruments/pages/InstrumentsPage.vue'),
  },
  {
    path: '/instruments/new',
    name: 'instrument-new',
    component: () => import('./features/instruments/pages/InstrumentFormPage.vue'),
    meta: needsLogin,
  },
  {
    path: '/instruments/:id',
    name: 'instrument',
    component: () => import('./features/instruments/pages/InstrumentPage.vue'),
    props: true,
  },
  {
    path: '/instruments/:id/edit',
    name: 'instrument-edit',
    component: () => import('./features/instruments/pages/InstrumentFormPage.vue'),
    props: true,
    meta: needsLogin,
  },
  {
    path: '/people',
    name: 'people',
    component: () => import('./features/people/pages/PeoplePage.vue'),
  },
  {
    path: '/people/new',
    name: 'person-new',
    component: () => import('./features/people/pages/PersonFormPage.vue'),
    meta: needsLogin,
  },
  {
    path: '/people/:id',
    name: 'person',
    component: () => import('./features/people/pages/PersonPage.vue'),
    props: true,
  },
  {
    path: '/people/:id/edit',
    name: 'person-edit',
    component: () => import('./features/people/pages/PersonFormPage.vue'),
    props: true,
    meta: needsLogin,
  },
  {
    path: '/editions',
    name: 'editions',
    component: () => import('./features/editions/pages/EditionsPage.vue'),
  },
  {
    path: '/editions/:id',
    name: 'edition',
    component: () => import('./features/editions/pages/EditionPage.vue'),
    props: true,
  },
  {
    path: '/editions/:id/comparison/:otherId',
    name: 'edition-comparison',
    component: () => import('./features/editions/pages/ComparisonPage.vue'),
    props: true,
  },
  {
    path: '/rounds',
    name: 'rounds',
    component: () => import('./features/rounds/pages/RoundsPage.vue'),
  },
  {
    path: '/rounds/new',
    name: 'round-new',
    component: () => import('./features/rounds/pages/RoundFormPage.vue'),
    meta: needsReviewer,
  },
  {
    path: '/rounds/:id',
    name: 'round',
    component: () => import('./features/rounds/pages/RoundPage.vue'),
    props: true,
  },
  {
    path: '/search',
    name: 'search',
    component: () => import('./features/search/pages/SearchPage.vue'),
  },
  {
    path: '/mine',
    name: 'mine',
    component: () => import('./features/listings/pages/MyEntriesPage.vue'),
    meta: needsLogin,
  },
  {
    path: '/bookings',
    name: 'bookings',
    component: () => import('./features/bookings/pages/BookingsPage.vue'),
    meta: needsLogin,
  },
  {
    path: '/review',
    name: 'review',
    component: () => import('./features/review/pages/ReviewQueuePage.vue'),
    meta: needsReviewer,
  },
  {
    path: '/review/:kind(need|capability)/:id',
    name: 'review-entry',
    component: () => import('./features/review/pages/ReviewPage.vue'),
    props: true,
    meta: needsReviewer,
  },
  {
    path: '/gap-map',
    name: 'gap-map',
    component: () => import('./features/gaps/pages/GapMapPage.vue'),
    meta: needsStaff,
  },
  ...organisationRoutes,
  {
    path: '/imports',
    name: 'imports',
    component: () => import('./features/imports/pages/ImportsPage.vue'),
    meta: needsImporter,
  },
  {
    path: '/imports/:id',
    name: 'import',
    component: () => import('./features/imports/pages/ImportPage.vue'),
    props: true,
    meta: needsImporter,
  },
  {
    path: '/tokens',
    name: 'tokens',
    component: () => import('./features/tokens/pages/TokensPage.vue'),
    meta: needsLogin,
  },
  {
    path: '/login',
    name: 'login',
    component: () => import('./features/session/pages/LoginPage.vue'),
  },
  {
    path: '/sign-up',
    name: 'sign-up',
    component: () => import('./features/session/pages/SignUpPage.vue'),
  },
  {
    path: '/verify-email/:proof',
    name: 'verify-email',
    component: () => import('./features/session/pages/VerifyEmailPage.vue'),
    props: true,
  },
  {
    path: '/forgot-password',
    name: 'forgot-password',
    component: () => import('./features/session/pages/ForgotPasswordPage.vue'),
  },
  {
    path: '/reset-password/:proof',
    name: 'reset-password',
    component: () => import('./features/session/pages/ResetPasswordPage.vue'),
    props: true,
  },
  {
    path: '/account/:section(email|password|two-step|sessions)?',
    name: 'account',
    component: () => import('./features/account/pages/AccountPage.vue'),
    props: (route) => ({ section: String(route.params.section || 'profile') }),
    meta: needsLogin,
  },
  {
    path: '/privacy',
    name: 'privacy',
    component: () => import('./features/session/pages/PrivacyPage.vue'),
  },
  {
    path: '/:rest(.*)*',
    name: 'not-found',
    component: () => import('./features/home/pages/NotFoundPage.vue'),
  },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior(to, from, saved) {
    if (saved) return saved
    if (to.hash) return { el: to.hash }
    // A changed filter or tab is the same page: the reader stays where they are.
    return to.path === from.path ? undefined : { top: 0 }
  },
})

/** Of staff without a second factor: all else would only be refused by the server. */
function mayBeSeenUnguarded(to: RouteLocationNormalized): boolean {
  return to.name === 'privacy' || (to.name === 'account' && to.params.section === 'two-step')
}

router.beforeEach((to) => {
  const session = useSessionStore()
  if (to.meta.needsLogin && !session.user) {
    return { name: 'login', query: { next: to.fullPath } }
  }
  if (session.mustSetUpSecondFactor && !mayBeSeenUnguarded(to)) {
    return { name: 'account', params: { section: 'two-step' }, query: { next: to.fullPath } }
  }
  const isBarred =
    (to.meta.needsReviewer && !session.isReviewer) ||
    (to.meta.needsAdministrator && !session.isAdministrator) ||
    (to.meta.needsImporter && !session.isImporter) ||
    (to.meta.needsStaff && !session.isStaff)
  if (isBarred) {
    return { name: 'not-found', params: { rest: to.path.slice(1).split('/') } }
  }
  return true
})
