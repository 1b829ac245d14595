"""One Chinese term for one thing: what is out is refused wherever Rollkeeper writes Chinese, with what to write instead."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

import rollkeeper

PACKAGE = Path(rollkeeper.__file__).parent
LANGUAGE = "zh-hans"
HAN = "\u3007\u4e00-\u9fff"
"""Which letters are Chinese characters; symbols in the same Unicode blocks are not."""


@dataclass(frozen=True)
class Retired:
    """A retired term, what is written instead, and where its letters mean something else."""

    pattern: str
    instead: str
    except_in: str = r"(?!)"


RETIRED = [
    Retired("线路", "号码"),
    Retired("持有人", "机主"),
    Retired("(?<!实际)使用人", "机主, or 实际使用人 for the user of a company's line"),
    Retired("柜台", "营业厅, or 受理台 for the app"),
    Retired("柜员|柜台人员", "营业员"),
    Retired("办公室|用户入口|自助页面|用户自助|本人页面", "管理后台, 自助门户"),
    Retired("登记行动|登记工作|集中登记", "补登活动"),
    Retired("规则包", "法规包"),
    Retired("(?<!委托)经营者", "电信运营企业 or 本企业; of the agent 代理商（委托经营者）"),
    Retired("运营商|运营者|(?<!电信)运营企业|本机构|本公司", "电信运营企业, 本企业, in notices 我公司"),
    Retired(
        "代办(?!人)|代理人",
        "代理商 for the agent, 代办人 for the proxy",
        except_in="不得委托(其)?代办|代办相关业务",
    ),
    Retired(
        "回执|凭据",
        "凭证, 回条 for the slip of a letter, 受理凭条",
        except_in="证件申领回执",
    ),
    Retired("副本", "复印件", except_in="营业执照副本"),
    Retired("(?<!加)密封|密文", "加密封存"),
    Retired("抹除|遗忘|清除", "删除, 销毁 for keys"),
    Retired("账簿|(?<!存证)账本", "存证账本"),
    Retired("登记簿|登记册", "登记系统, 用户登记库"),
    Retired("(?<!登记)争议", "登记异议"),
    Retired("申诉", "复查申请", except_in="申诉途径"),
    Retired("立案|结案|案例", "受理, 办结, 事项"),
    Retired("案件", "事项", except_in="案件以案号标明|案件仍需要|该案件"),
    Retired("中止令", "停止执行决定"),
    Retired("停止计|暂停计|中止计(?!期)|计时", "中止计期, 计期"),
    Retired("宽限", "期限"),
    Retired("冻结", "冷冻期"),
    Retired("停用", "停机, 终止服务", except_in="账号停用|停用.{0,4}账号|账号已停用"),
    Retired("方码", "二维码"),
    Retired("审计人员", "审计员"),
    Retired("数据保护负责人", "个人信息保护负责人"),
    Retired("主管机关|有关机关", "主管部门, 调取机关, 有权机关"),
    Retired("谁看过|谁查看过", "查阅记录"),
    Retired("免于处理|免除", "具名说明, 不适用"),
    Retired("客服号码|客服电话", "客服热线"),
    Retired("账户", "账号"),
    Retired("见证人", "见证方"),
    Retired("凭单|收据", "凭证"),
    Retired("令状|传票", "法律文书, 司法令状", except_in="司法令状"),
    Retired("(?<!登录)验证码", "登录验证码, 防伪码 or 受理码"),
    Retired("最后一[天日]", "截止日"),
    Retired("本系统规则", "本企业规定"),
    Retired("台账", "存证账本"),
    Retired("员工", "工作人员, 营业员"),
    Retired("网上自助|自助服务", "自助门户"),
    Retired("个案|待决事项", "事项"),
    Retired("查询请求", "依法调取请求"),
    Retired("最后期限", "截止日"),
    Retired("办理码", "受理码"),
    Retired("映射", "对应关系"),
    Retired("(?<!正当)理由", "原因"),
    Retired("机主(有|无)理|易主|随便|贵方", "主张成立, 过户, 贵企业"),
]
THE_LAW = re.compile(r"^articles\[|\.because\.|\.words\.")
"""The statute's own words: what it calls things is not for Rollkeeper to mend."""
DEADLINE = re.compile(r"(?:\{(?:day|due_on|until)\}|%\(day\)s)(?!（含当日）)(?:[前止]|之前)")
UNTIL = re.compile(r"(?<!截)(?<!推迟告知)至(?:\{(?:day|due_on|until)\}|%\(day\)s)(?!（含当日）)")
A_DAY_BEFORE_WHICH = re.compile(r"依法在(?:\{day\}|%\(day\)s)之前未告知")
"""What is no deadline: until a day that lies behind, the person was not told."""
HALF_WIDTH = re.compile(rf"[{HAN}][,;:!?()]|[,;:!?()][{HAN}]|[{HAN}]\.(?![A-Za-z0-9])")
STRAIGHT_QUOTE = re.compile("['\"]")
IN_A_TRANSLATION = re.compile(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", re.DOTALL)
LATIN_MARK = re.compile(
    r"""[%}]}(?:</\w+>)?(?:, |: |\. | \()(?:<\w+[^>]*>)?{[{%]|[%}]}\.</|join:", "| \({[{%]"""
)
"""A comma, a colon, a full stop or a bracket between two texts of a page, which a Chinese reader expects to be full-width."""
_A_DAY = r"(?:\{(?:day|on|until|due_on|first|last|today|next_day)\}|%\((?:day|begins|first|last|opened|due|since)\)s)"
SPACED_DAY = re.compile(rf"[\u4e00-\u9fff] {_A_DAY}|{_A_DAY} [\u4e00-\u9fff]")
CODES = ("登录验证码", "防伪码", "受理码")


def catalogue():
    with (PACKAGE / "site/locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        for message in read_po(file):
            if message.id:
                english = message.id if isinstance(message.id, str) else message.id[0]
                for text in message.string if isinstance(message.string, tuple) else (message.string,):
                    yield f"catalogue: {english}", text


def leaves(value, path=""):
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from leaves(one, f"{path}[{at}]")
    elif isinstance(value, str):
        yield path, value


def data_files():
    own = {"zh-hans.toml": True}
    for file in sorted(PACKAGE.rglob("*.toml")):
        if "column_dictionary" in file.name or "data" in file.parts:
            continue
        for path, text in leaves(tomllib.loads(file.read_text("utf-8"))):
            if own.get(file.name) or LANGUAGE in re.split(r"[.\[]", path):
                yield f"{file.relative_to(PACKAGE)}: {path}", text
    for file in sorted((PACKAGE / "law" / "packs").glob("*.yaml")):
        for path, text in leaves(yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)):
            if LANGUAGE in path and not THE_LAW.search(path):
                yield f"{file.relative_to(PACKAGE)}: {path}", text


def readme():
    text = (PACKAGE.parent / "README.zh-Hans.md").read_text("utf-8")
    spoken = re.sub(r"^```.*?^```|`[^`]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (("README.zh-Hans.md", line) for line in spoken.splitlines())


@cache
def chinese():
    """Give each Chinese text with its place."""
    texts = [*catalogue(), *data_files(), *readme()]
    return [(where, text) for where, text in texts if re.search(f"[{HAN}]", text)]


def faults(pattern, *, except_in=None):
    """Return where a pattern is found, what is excepted taken out first."""
    wrong = re.compile(pattern) if isinstance(pattern, str) else pattern
    spared = re.compile(except_in) if isinstance(except_in, str) else except_in
    return [
        f"{where} | {text}"
        for where, text in chinese()
        if wrong.search(spared.sub("", text) if spared else text)
    ]


def test_every_source_of_chinese_is_read():
    sources = {where.split(":")[0] for where, _ in chinese()}

    assert len(chinese()) > 1800
    assert sources >= {
        "catalogue", "notices/texts/zh-hans.toml", "incidents/texts/zh-hans.toml", "law/sentences.toml",
        "law/packs/cn-xz-2011.yaml", "law/packs/none.yaml", "reporting/labels.toml", "reporting/metrics.toml",
        "agents/requirements.toml", "README.zh-Hans.md",
    }  # fmt: skip


@pytest.mark.parametrize("term", RETIRED, ids=lambda term: term.pattern)
def test_a_term_that_is_out_is_written_nowhere(term):
    found = faults(term.pattern, except_in=term.except_in)

    assert not found, f"write {term.instead}"


def test_a_deadline_says_that_its_day_is_counted_in():
    assert not faults(DEADLINE, except_in=A_DAY_BEFORE_WHICH)
    assert not faults(UNTIL)


def test_punctuation_between_chinese_words_is_full_width():
    assert not faults(HALF_WIDTH)


def test_quotes_in_chinese_texts_are_no_straight_ones():
    assert not faults(STRAIGHT_QUOTE, except_in="<[^>]+>|`[^`]+`")


def test_templates_leave_the_marks_between_texts_to_the_language():
    templates = {
        str(file.relative_to(PACKAGE)): IN_A_TRANSLATION.sub("", file.read_text("utf-8"))
        for file in PACKAGE.rglob("*.html")
    }

    assert len(templates) > 60
    assert not [name for name, text in templates.items() if LATIN_MARK.search(text)]


def test_a_day_stands_without_spaces():
    assert not faults(SPACED_DAY)


@pytest.mark.parametrize("code", CODES)
def test_a_text_that_names_one_of_the_three_codes_names_no_other(code):
    named = [(where, text) for where, text in chinese() if code in text]
    also = [text for _, text in named if [name for name in CODES if name != code and name in text]]

    assert len(named) > 10
    # Whose record was exposed is warned of both, and told apart which of them may be said.
    assert not [text for text in also if not re.search("不会.*索要.*登录验证码", text)]


@pytest.mark.parametrize(("context", "said"), [("sign-in code", "登录验证码"), ("refusal code", "代码")])
def test_what_english_calls_a_code_alone_is_named_by_its_context(context, said):
    with (PACKAGE / "site/locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        entries = {(one.context, one.id): one.string for one in read_po(file)}

    assert entries[context, "Code"] == said
    assert (None, "Code") not in entries


@pytest.mark.parametrize("part", ["short", "text"])
def test_a_notice_is_checked_by_its_own_code_and_never_by_the_one_for_signing_in(part):
    texts = [
        text for where, text in chinese() if where.startswith("notices/texts/") and where.endswith(f".{part}")
    ]

    assert len(texts) > 10
    assert all("防伪码{code}" in text for text in texts)
