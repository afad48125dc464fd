"""The mails of organisations, in both languages, sent once the change they tell of is committed.

Who delivers, when and how often belongs to the mail backend. A mail that cannot be handed over
undoes nothing: what it tells is on the pages as well.
"""

from collections.abc import Iterable

from django.core.mail import send_mail
from django.db import transaction

from park.accounts import queries as accounts
from park.accounts.models import User
from park.organisations.kinds import MembershipRole
from park.organisations.models import Invitation, JoinRequest, Organisation

ROLE_ENGLISH = {
    MembershipRole.OWNER: "owner",
    MembershipRole.EDITOR: "editor",
    MembershipRole.VIEWER: "viewer",
}


def send_invitation(invitation: Invitation, link: str) -> None:
    organisation, role = invitation.organisation, MembershipRole(invitation.role)
    days = (invitation.expires_at - invitation.created_at).days
    _send(
        [invitation.email],
        f"邀请您加入{organisation.name} / Invitation to {_english(organisation)}",
        f"""您好：

{organisation.name}邀请您以“{role.label}”身份加入其在撮合平台上的组织。
请用本邮箱注册或登录后打开以下链接接受邀请（{days} 天内有效，仅可使用一次）：

{link}

如果您不认识对方，请忽略本邮件。

----

{_english(organisation)} invites you to join it on Cuohe as {ROLE_ENGLISH[role]}.
Sign up or sign in with this address, then open the link to accept. It is valid for {days} days
and can be used once:

{link}

If you do not know the sender, ignore this mail.
""",
    )


def tell_of_join_request(request: JoinRequest) -> None:
    """To the owners: somebody waits for them."""
    name = request.user.display_name or request.user.username
    organisation = request.organisation
    _send(
        _owners(organisation),
        f"{name} 申请加入{organisation.name} / {name} asks to join",
        f"""{name} 申请加入{organisation.name}，请在“我的单位”中处理。

附言：{request.message or "（无）"}

----

{name} asks to join {_english(organisation)}. Decide on the page "My organisations".

Message: {request.message or "(none)"}
""",
    )


def tell_of_join_decision(request: JoinRequest) -> None:
    """To who asked: the answer, with the reason of a refusal."""
    organisation, is_in = request.organisation, bool(request.role)
    zh = "已同意您加入" if is_in else "没有同意您加入"
    en = "has accepted your request to join" if is_in else "has declined your request to join"
    _send(
        _addresses([request.user]),
        f"{organisation.name}{zh} / {_english(organisation)} {en}",
        f"""{organisation.name}{zh}。
{f"原因：{request.reason}" if request.reason else ""}

----

{_english(organisation)} {en}.
{f"Reason: {request.reason}" if request.reason else ""}
""",
    )


def tell_of_verification(organisation: Organisation) -> None:
    """To the owners: verified, or not and why."""
    zh = "已通过核验" if organisation.is_verified else "未通过核验"
    en = "has been verified" if organisation.is_verified else "could not be verified"
    reason = organisation.status_reason
    _send(
        _owners(organisation),
        f"{organisation.name}{zh} / {_english(organisation)} {en}",
        f"""{organisation.name}{zh}。
{f"原因：{reason}" if reason else ""}

----

{_english(organisation)} {en}.
{f"Reason: {reason}" if reason else ""}
""",
    )


def _english(organisation: Organisation) -> str:
    return organisation.name_en or organisation.name


def _owners(organisation: Organisation) -> list[str]:
    owners = organisation.memberships.filter(role=MembershipRole.OWNER).select_related("user")
    return _addresses(membership.user for membership in owners)


def _addresses(users: Iterable[User]) -> list[str]:
    return sorted({email for user in users for email in accounts.verified_emails(user)})


def _send(recipients: list[str], subject: str, text: str) -> None:
    """One mail each, so that nobody reads another's address."""
    # A name with a line break in it must not become a header.
    subject = " ".join(subject.split())
    for recipient in recipients:
        transaction.on_commit(
            lambda to=recipient: send_mail(subject, text, None, [to]), robust=True
        )
