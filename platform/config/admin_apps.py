from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """Django's admin behind our own sign-in. (In a file of its own: an app has one default.)"""

    default = False
    default_site = "config.admin_site.AdminSite"
