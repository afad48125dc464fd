"""`manage.py reset_mfa NAME`: for somebody who has lost telephone and recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from park.accounts import services
from park.accounts.models import User
from park.notifications import mail


class Command(BaseCommand):
    help = "Takes the second factor off an account and ends its sessions; make sure who asks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="user name or e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["username"]
        user = (
            User.objects.filter(username__iexact=name).first()
            or User.objects.filter(email__iexact=name).exclude(email="").first()
        )
        if user is None:
            raise CommandError(f"There is no account {name}.")
        with transaction.atomic():
            services.reset_second_factor(actor=None, user_id=user.pk)
            if user.email:
                mail.send_text("second_factor_reset", to=user.email, language=user.language)
        self.stdout.write(
            f"{user.username} 的两步验证已关闭，所有登录已结束 · "
            f"two-step sign-in of {user.username} is off, its sessions are ended"
        )
