/** The pages of organisations, stations and of what staff do with them. */
import type { RouteRecordRaw } from 'vue-router'

const needsLogin = { needsLogin: true }

export const organisationRoutes: RouteRecordRaw[] = [
  {
    path: '/organisations',
    name: 'organisations',
    component: () => import('./pages/OrganisationsPage.vue'),
  },
  {
    path: '/organisations/join',
    name: 'organisation-join',
    component: () => import('./pages/JoinPage.vue'),
    meta: needsLogin,
  },
  {
    path: '/organisations/mine',
    name: 'my-organisations',
    component: () => import('./pages/MyOrganisationsPage.vue'),
    meta: needsLogin,
  },
  {
    path: '/organisations/:id',
    name: 'organisation',
    component: () => import('./pages/OrganisationPage.vue'),
    props: true,
  },
  {
    path: '/organisations/:id/edit',
    name: 'organisation-edit',
    component: () => import('./pages/OrganisationFormPage.vue'),
    props: true,
    meta: needsLogin,
  },
  {
    path: '/stations/:id',
    name: 'station',
    component: () => import('./pages/StationPage.vue'),
    props: true,
    meta: needsLogin,
  },
  // Where the mail's link leads: the invited need no account yet to read the offer.
  {
    path: '/invitation',
    name: 'invitation',
    component: () => import('./pages/InvitationPage.vue'),
  },
  {
    path: '/staff/organisations',
    name: 'staff-organisations',
    component: () => import('./pages/StaffOrganisationsPage.vue'),
    meta: { needsLogin: true, needsReviewer: true },
  },
  {
    path: '/staff/people',
    name: 'staff-people',
    component: () => import('./pages/StaffPeoplePage.vue'),
    meta: { needsLogin: true, needsAdministrator: true },
  },
]
