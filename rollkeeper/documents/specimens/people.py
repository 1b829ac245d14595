# SPDX-License-Identifier: EUPL-1.2
"""Invents the person on a specimen. The same seed gives the same person; no number can belong to a real person."""

import datetime as dt
import random
from dataclasses import dataclass

from stdnum.iso7064 import mod_11_2

COUNTY = "990000"
"""A county that is in no list."""

_LATIN = (
    ("ERIKSSON", "ANNA MARIA"), ("OKONKWO", "CHIDI"), ("GARCIA LOPEZ", "LUCIA"), ("LHAMO", "DEKYI"), ("TASHI", ""),
    ("VAN DER MEER", "JAN PIETER"), ("ABDULRAHMAN", "YUSUF"), ("SHRESTHA", "SUNITA"), ("NGUYEN", "THI MAI"),
    ("OBRIEN", "SEAN"), ("KOWALCZYK", "ZOFIA"), ("DORJE", "PEMA WANGCHUK"), ("SILVA SANTOS", "JOAO"),
)  # fmt: skip
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"
_TIBETAN = ("扎西", "卓玛", "次仁", "央金", "丹增", "白玛", "格桑", "旺堆", "尼玛", "达瓦", "拉姆", "多吉")
_PEOPLES = ("藏", "汉", "回", "门巴", "珞巴", "蒙古", "土家", "纳西", "彝", "壮")
_PLACES = (
    "无名自治区虚构市想象路{n}号院{m}号楼", "无名自治区样本县例乡第{n}村民小组", "乌有省子虚市假设街{n}号",
    "乌有省样例市范本区模拟大道{n}号{m}单元", "虚构市城关区标本社区{n}组{m}号",
)  # fmt: skip
_AUTHORITIES = ("虚构市公安局样本分局", "样本县公安局", "子虚市公安局", "范本区公安分局")


@dataclass(frozen=True, slots=True)
class Invented:
    """The printed text on the specimens of one invented person."""

    surname: str
    given: str
    name: str
    people: str
    sex: str
    born: dt.date
    issued: dt.date
    expires: dt.date
    address: str
    authority: str
    card_number: str
    number: str
    personal_number: str


def invent(seed: int) -> Invented:
    """Invent one person."""
    dice = random.Random(seed)  # noqa: S311 - invention, not secrecy
    born = dt.date(1935, 1, 1) + dt.timedelta(days=dice.randrange(27_000))
    issued = dt.date(2008, 1, 1) + dt.timedelta(days=dice.randrange(1_400))
    surname, given = dice.choice(_LATIN)
    return Invented(
        surname=surname,
        given=given,
        name=_name(dice),
        people=dice.choice(_PEOPLES),
        sex=dice.choice("MF"),
        born=born,
        issued=issued,
        expires=issued.replace(year=issued.year + 10, day=min(issued.day, 28)),
        address=dice.choice(_PLACES).format(n=dice.randint(1, 300), m=dice.randint(1, 30)),
        authority=dice.choice(_AUTHORITIES),
        card_number=_card_number(dice, born),
        number=dice.choice("EGLKPX") + "".join(dice.choices("0123456789", k=8)),
        personal_number="".join(dice.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=9)),
    )


def _name(dice: random.Random) -> str:
    if dice.random() < 0.5:
        return "".join(dice.sample(_TIBETAN, dice.choice([1, 2, 2])))
    return dice.choice(_FAMILY) + "".join(dice.choices(_GIVEN, k=dice.choice([1, 2])))


def _card_number(dice: random.Random, born: dt.date) -> str:
    body = f"{COUNTY}{born:%Y%m%d}{dice.randint(1, 999):03d}"
    return body + mod_11_2.calc_check_digit(body)
