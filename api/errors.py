"""Errors as HTTP sees them: every code's status and titles, and every exception as a problem.

The only place with HTTP statuses; bodies are `application/problem+json` (RFC 9457).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request
from django.views.csrf import csrf_failure
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from psycopg.errors import ForeignKeyViolation

from park.core.errors import DomainError

PROBLEM_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    status: int
    zh: str
    en: str


PROBLEMS: dict[str, Kind] = {
    "malformed_request": Kind(400, "请求无法解析", "The request cannot be parsed"),
    "not_authenticated": Kind(401, "请先登录", "Sign in first"),
    "wrong_credentials": Kind(401, "用户名或密码不正确", "Wrong user name or password"),
    "reauthentication_required": Kind(401, "请再次验证身份", "Confirm that it is you"),
    "mfa_required": Kind(
        403, "工作人员须先开启两步验证", "Staff must switch on two-step sign-in first"
    ),
    "not_allowed": Kind(403, "没有权限执行此操作", "You are not allowed to do this"),
    "csrf_failed": Kind(403, "页面已过期，请刷新后重试", "The page has expired, reload it"),
    "not_found": Kind(404, "未找到", "Not found"),
    "method_not_allowed": Kind(405, "不支持此请求方法", "This method is not supported here"),
    "email_taken": Kind(409, "该邮箱已被其他账号使用", "Another account has this address"),
    "edit_conflict": Kind(
        409, "他人已先行修改，请核对后再保存", "Somebody else has changed this meanwhile"
    ),
    "wrong_state": Kind(
        409, "当前状态下不能执行此操作", "This cannot be done in the present state"
    ),
    "slot_taken": Kind(409, "该时段已被占用", "This time is already taken"),
    "duplicate_credit_code": Kind(
        409, "该统一社会信用代码已登记", "This credit code is registered already"
    ),
    "organisation_unverified": Kind(
        409, "单位尚未通过核验，暂不能执行此操作", "The organisation has not been verified yet"
    ),
    "similar_organisation": Kind(
        409, "已有名称相近的单位，请先核对", "There are organisations with a like name already"
    ),
    "different_credit_codes": Kind(
        409, "两个单位的信用代码不同，不能合并", "Two credit codes are two organisations"
    ),
    "same_organisation": Kind(409, "不能与自身合并", "These are the same organisation"),
    "merge_incomplete": Kind(409, "仍有数据未能转移，合并未执行", "Something could not be moved"),
    "already_member": Kind(409, "已经是成员", "Already a member"),
    "already_requested": Kind(409, "已提交过申请，请等待处理", "A request is waiting already"),
    "too_many_requests": Kind(409, "待处理的申请过多", "There are too many open requests"),
    "too_many_proposals": Kind(409, "待核验的单位过多", "Too many organisations wait already"),
    "too_many_invitations": Kind(409, "未使用的邀请过多", "There are too many open invitations"),
    "invitation_used": Kind(409, "该邀请已被使用", "The invitation has been used already"),
    "invitation_expired": Kind(409, "该邀请已过期", "The invitation has expired"),
    "invitation_other_email": Kind(
        403,
        "该邀请发给了另一个邮箱，请用该邮箱的账号登录",
        "The invitation is for another, verified e-mail address",
    ),
    "gone_meanwhile": Kind(
        409, "所涉及的内容刚刚被移走，请刷新后重试", "What this belongs to has just been moved away"
    ),
    "last_administrator": Kind(409, "至少要有一位管理员", "One administrator has to stay"),
    "last_owner": Kind(409, "组织至少要有一位所有者", "An organisation keeps at least one owner"),
    "too_many_tokens": Kind(409, "令牌数量已达上限", "There are too many tokens already"),
    "too_many_files": Kind(409, "文件数量已达上限", "There are as many files as there may be"),
    "already_importing": Kind(
        409, "同一文件正在导入，请等待其完成", "This very file is being imported right now"
    ),
    "edition_empty": Kind(409, "清单里没有条目", "The edition has no entries"),
    "edition_outdated": Kind(
        409, "有条目已变化，请先刷新或移出", "Some entries have changed: refresh or leave them out"
    ),
    "edition_not_ready": Kind(
        409, "文件正在制作，请稍后再试", "The file is being made, try again shortly"
    ),
    "edition_too_large": Kind(409, "条目太多，请分批", "Too many entries for one edition"),
    "link_expired": Kind(
        410, "链接已使用过或已过期", "This link has been used already or has expired"
    ),
    "payload_too_large": Kind(413, "提交的内容过大", "The request is too large"),
    "file_too_large": Kind(413, "文件过大", "The file is too large"),
    "archive_bomb": Kind(413, "压缩内容展开后过大", "The file unpacks to far too much"),
    "file_type_not_allowed": Kind(415, "不支持此类文件", "Files of this kind are not accepted"),
    "macro_file": Kind(415, "不接受含宏的文件", "Files with macros are not accepted"),
    "range_not_satisfiable": Kind(416, "请求的范围无效", "The file has no such part"),
    "unreadable_image": Kind(422, "图片无法读取", "The picture cannot be read"),
    "invalid_input": Kind(422, "填写的内容有误", "Some fields are not valid"),
    "invalid_cursor": Kind(422, "翻页标记无效", "The page cursor is not valid"),
    "incomplete": Kind(422, "还有必填内容未填写", "Something required is missing"),
    "empty_file": Kind(422, "文件中没有数据行", "There are no rows in the file"),
    "unsupported_file": Kind(
        422, "仅支持 xlsx、csv、jsonl 文件", "Only .xlsx, .csv and .jsonl files can be read"
    ),
    "unreadable_file": Kind(422, "文件已损坏，无法读取", "The file is damaged"),
    "macro_workbook": Kind(
        422, "含宏的工作簿不予接收，请另存为 xlsx", "A workbook with macros: save it as .xlsx"
    ),
    "password_protected": Kind(
        422, "文件有密码保护，请取消密码后再上传", "The file has a password: remove it first"
    ),
    "old_workbook": Kind(
        422, "旧版 xls 文件，请另存为 xlsx", "An old .xls workbook: save it as .xlsx"
    ),
    "zip_bomb": Kind(422, "文件解压后过大，不予接收", "Unpacked, the file would be far too large"),
    "unknown_encoding": Kind(
        422,
        "无法识别文件编码，请用 UTF-8 保存",
        "The encoding is not known: save the file as UTF-8",
    ),
    "no_header": Kind(422, "未找到表头行", "No row of headings was found"),
    "too_many_columns": Kind(422, "列数过多", "There are too many columns"),
    "too_many_rows": Kind(422, "行数过多", "There are too many rows"),
    "booking_rules_broken": Kind(422, "预约不符合规则", "The booking breaks rules"),
    "rate_limited": Kind(429, "尝试过于频繁，请稍后再试", "Too many attempts, try again later"),
    "internal_error": Kind(500, "服务器内部错误", "Internal server error"),
    "model_dimension": Kind(
        503, "语义模型与索引的维数不符", "The model's vectors do not fit those of the index"
    ),
    "model_missing": Kind(503, "语义模型尚未就绪", "The embedding model is not available"),
    "storage_full": Kind(507, "存储空间不足", "There is no room left to store files"),
    "second_factor_unreadable": Kind(
        503,
        "两步验证数据无法读取，请联系管理员",
        "The second factor cannot be read",
    ),
    "service_unavailable": Kind(503, "服务暂时不可用", "The service is not available right now"),
}

# What Django or a proxy answers without a code of ours.
CODE_OF_STATUS = {
    400: "malformed_request",
    401: "not_authenticated",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    422: "invalid_input",
    429: "rate_limited",
    500: "internal_error",
    503: "service_unavailable",
}

# Pydantic's error types as our own stable codes; whatever is not here is a wrong type.
FIELD_CODES = {
    "missing": "missing",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_many",
    "too_short": "too_few",
    "extra_forbidden": "unknown_field",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "finite_number": "out_of_range",
    "decimal_max_digits": "out_of_range",
    "decimal_max_places": "out_of_range",
    "decimal_whole_digits": "out_of_range",
    "enum": "unknown_choice",
    "literal_error": "unknown_choice",
    "unknown_choice": "unknown_choice",
    "forbidden_character": "forbidden_character",
    "string_unicode": "forbidden_character",
}
LIMITS = ("max_length", "min_length", "ge", "gt", "le", "lt", "max_digits", "decimal_places")


def problem(request: HttpRequest, code: str, data: Mapping[str, Any] | None = None) -> HttpResponse:
    """The answer for a code. Its title is in the reader's language; programs read the code."""
    kind = PROBLEMS[code]
    is_english = (get_language_from_request(request) or "").startswith("en")
    body = {
        "type": "about:blank",
        "title": kind.en if is_english else kind.zh,
        "status": kind.status,
        "code": code,
        "data": dict(data or {}),
    }
    content = json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False)
    # A lone surrogate cannot be written as UTF-8, wherever it came from.
    response = HttpResponse(
        content.encode("utf-8", "replace"), status=kind.status, content_type=PROBLEM_TYPE
    )
    if "retry_after" in body["data"]:
        response.headers["Retry-After"] = str(body["data"]["retry_after"])
    return response


def field_errors(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Ninja's validation errors as [{field, code, limit?}], one a field."""
    found: dict[str, dict[str, Any]] = {}
    for error in errors:
        # The location starts with the source (body, query, path) and the handler's argument.
        source, *steps = error["loc"]
        names = steps[1:] if source == "body" and len(steps) > 1 else steps
        entry = {
            "field": ".".join(map(str, names)),
            "code": FIELD_CODES.get(error["type"], "wrong_type"),
        }
        context = error.get("ctx") or {}
        limit = next((context[name] for name in LIMITS if name in context), None)
        if limit is not None:
            entry["limit"] = limit
        found.setdefault(entry["field"], entry)
    return list(found.values())


def register(api: NinjaAPI) -> None:
    """Make the API answer with problems."""

    @api.exception_handler(DomainError)
    def on_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
        return problem(request, error.code, error.data)

    @api.exception_handler(ValidationError)
    def on_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem(request, "invalid_input", {"fields": field_errors(error.errors)})

    @api.exception_handler(AuthenticationError)
    def on_authentication_error(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
        return problem(request, "not_authenticated")

    @api.exception_handler(HttpError)
    def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        # Ninja wraps whatever the parser raises.
        cause = error.__cause__
        if isinstance(cause, DomainError):
            return problem(request, cause.code, cause.data)
        if isinstance(error, Throttled):
            return problem(request, "rate_limited", {"retry_after": error.wait})
        return problem(request, CODE_OF_STATUS.get(error.status_code, "malformed_request"))

    @api.exception_handler(Http404)
    def on_not_found(request: HttpRequest, _: Http404) -> HttpResponse:
        return problem(request, "not_found")

    @api.exception_handler(IntegrityError)
    def on_broken_integrity(request: HttpRequest, error: IntegrityError) -> HttpResponse:
        # Written while the organisation it belongs to was merged into another.
        if isinstance(error.__cause__, ForeignKeyViolation):
            return problem(request, "gone_meanwhile")
        raise error

    @api.exception_handler(RequestDataTooBig)
    def on_too_big(request: HttpRequest, _: RequestDataTooBig) -> HttpResponse:
        return problem(request, "payload_too_large")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: a problem under /api/, Django's own page elsewhere."""
    if request.path.startswith("/api/"):
        return problem(request, "csrf_failed")
    return csrf_failure(request, reason=reason)
