# SPDX-License-Identifier: EUPL-1.2
"""Invented exports as operators make them, with the truth next to each: what every column means, and what every status is.

Ten countries, the forms of several billing systems, seven encodings, spreadsheets with covers and merged titles, Parquet.
Every name, number and document is invented. `measure` proposes a map for each and compares it with the truth.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rollkeeper.imports.choices import BARRED, LineStatus
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping_guess import Proposal, propose
from tests.imports import sheets

AS_OF = dt.date(2026, 1, 31)
ROWS = 60
DROPPED = "dropped"

type Values = Callable[[int], Any]


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it truly means (a place of the map, or dropped), and its values."""

    heading: str
    truth: str
    values: Values


@dataclass(frozen=True)
class Export:
    """One file: the country of its numbers, how it is written, its columns, and the true state of each status in it."""

    name: str
    country: str
    write: Callable[[Path, "Export"], Path]
    columns: tuple[Column, ...]
    states: dict[str, str] = field(default_factory=dict)
    """By the text of a status: active, barred or left_out."""

    @property
    def header(self) -> list[str]:
        """Return the headings."""
        return [column.heading for column in self.columns]

    def rows(self) -> Iterator[list[Any]]:
        """Give the rows."""
        yield from ([column.values(n) for column in self.columns] for n in range(ROWS))


def cycle(*values: Any) -> Values:
    """Return values that repeat in turn."""
    return lambda n: values[n % len(values)]


def counted(text: str, first: int = 0) -> Values:
    """Return values that each occur once, with a number in the text."""
    return lambda n: text.format(first + n)


def day(form: str, *, step: int = 37) -> Values:
    """Return days of several years in one form."""
    return lambda n: (dt.date(2009, 1, 15) + dt.timedelta(days=step * n)).strftime(form)


def mixed(*values: Values) -> Values:
    """Return values in several forms, row by row."""
    return lambda n: values[n % len(values)](n)


def text_file(
    encoding: str, separator: str = ",", *, above: Sequence[str] = ()
) -> Callable[[Path, Export], Path]:
    """Return what writes text with separators, with lines above the table."""

    def write(folder: Path, export: Export) -> Path:
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=separator)
        out.writelines(line + "\r\n" for line in above)
        writer.writerow(export.header)
        writer.writerows(export.rows())
        file = folder / f"{export.name}.csv"
        file.write_bytes(out.getvalue().encode(encoding))
        return file

    return write


def workbook(*, cover: bool = False, above: Sequence[Sequence[str]] = ()) -> Callable[[Path, Export], Path]:
    """Return what writes a spreadsheet, with a cover sheet and rows above the table."""

    def write(folder: Path, export: Export) -> Path:
        table = [[sheets.text(cell) if cell else "/>" for cell in row] for row in above]
        table += [[sheets.text(name) for name in export.header]]
        table += [[_cell(value) for value in row] for row in export.rows()]
        named = {"Cover": [[sheets.text("Subscriber base")], [sheets.text("Confidential")]]} if cover else {}
        return sheets.write_sheets(folder / f"{export.name}.xlsx", named | {"Data": table})

    return write


def _cell(value: Any) -> str:
    if isinstance(value, dt.date):
        return sheets.day((value - dt.date(1899, 12, 30)).days)
    return sheets.number(value) if isinstance(value, int | float) else sheets.text(str(value))


def parquet_file(folder: Path, export: Export) -> Path:
    """Write Parquet."""
    import polars as pl

    file = folder / f"{export.name}.parquet"
    pl.DataFrame(list(export.rows()), schema=export.header, orient="row").write_parquet(file)
    return file


_CN = {
    "正常": "active",
    "停机": "barred",
    "欠费停机": "barred",
    "挂失": "barred",
    "报停": "barred",
    "销户": "left_out",
    "拆机": "left_out",
}
_ES = {"Activo": "active", "Suspendido": "barred", "Baja": "left_out", "Portado": "left_out"}
_EN = {
    "Active": "active",
    "Suspended": "barred",
    "Barred": "barred",
    "Terminated": "left_out",
    "Ported Out": "left_out",
}


def _statuses(states: dict[str, str], *, mostly: str) -> Values:
    return lambda n: mostly if n % 3 else list(states)[n // 3 % len(states)]


def exports() -> tuple[Export, ...]:
    """Return the corpus."""
    return (
        Export(
            "cn-crm", "CN", text_file("gb18030", ";"), states=_CN,
            columns=(
                Column("客户编号", "reference", counted("KH{:06d}")), Column("用户号码", "number", counted("138001{:05d}")),
                Column("客户名称", "registration.name", cycle("扎西", "次仁", "王丽", "卓玛")),
                Column("性别", DROPPED, cycle("男", "女")), Column("民族", DROPPED, cycle("藏族", "汉族")),
                Column("证件类型", "registration.document_type", cycle("居民身份证", "护照")),
                Column("证件号码", "registration.document_number", counted("54999919800101{:04d}")),
                Column("证件地址", "registration.address", cycle("拉萨市虚构路一号", "日喀则市虚构街二号")),
                Column("入网日期", "activated_on", mixed(day("%Y-%m-%d"), day("%Y%m%d"), day("%Y年%m月%d日"))),
                Column("产品名称", "service.from", cycle("移动电话", "固定电话", "家庭宽带")),
                Column("用户状态", "status", _statuses(_CN, mostly="正常")), Column("归属地", "region", cycle("拉萨", "日喀则")),
                Column("套餐月费", DROPPED, cycle("58", "99")), Column("余额", DROPPED, counted("{}.50")),
            ),
        ),
        Export(
            "cn-boss", "CN", text_file("utf-8-sig", "\t"), states={"在网": "active", "双停": "barred", "离网": "left_out"},
            columns=(
                Column("手机号码", "number", counted("+86 139-0013-{:04d}")), Column("激活时间", "activated_on", day("%Y/%m/%d 00:00:00")),
                Column("业务类型", "service.from", cycle("手机", "上网卡")),
                Column("状态", "status", _statuses({"在网": "", "双停": "", "离网": ""}, mostly="在网")),
                Column("电子邮箱", "contact", counted("user{}@example.cn")), Column("是否流失", DROPPED, cycle("是", "否")),
                Column("通知语言", "language", cycle("中文", "藏文")), Column("IMEI", DROPPED, counted("86{:013d}")),
            ),
        ),
        Export(
            "cn-xlsx-cover", "CN", workbook(cover=True, above=[["西藏虚构电信 用户清单", "", "", "", ""], ["基本信息", "", "", "状态", ""]]),
            states=_CN,
            columns=(
                Column("用户编号", "reference", counted("U{:05d}")), Column("手机号", "number", counted("1370013{:04d}")),
                Column("开户日期", "activated_on", lambda n: dt.date(2010, 1, 1) + dt.timedelta(days=n * 20)),
                Column("用户状态", "status", _statuses(_CN, mostly="正常")), Column("备注", DROPPED, cycle("无", "")),
            ),
        ),
        Export(
            "tw-big5", "TW", text_file("big5"), states={},
            columns=(
                Column("客戶編號", "reference", counted("C{:05d}")), Column("手機號碼", "number", counted("09120{:05d}")),
                Column("啟用日期", "activated_on", day("%Y/%m/%d")), Column("業務類型", "service.from", cycle("手機")),
                Column("性別", DROPPED, cycle("男", "女")),
            ),
        ),
        Export(
            "es-crm", "ES", text_file("cp1252", ";"), states=_ES,
            columns=(
                Column("ID Cliente", "reference", counted("ES{:06d}")), Column("Línea", "number", counted("6001{:05d}")),
                Column("Nombre del titular", "registration.name", cycle("Ana Invención", "Luis Ficción")),
                Column("Tipo documento", "registration.document_type", cycle("Pasaporte")),
                Column("Número de documento", "registration.document_number", counted("XDA{:06d}")),
                Column("Domicilio", "registration.address", cycle("Calle Inventada 1, Málaga")),
                Column("Fecha de alta", "activated_on", day("%d/%m/%Y")), Column("Tipo de servicio", "service.from", cycle("Móvil", "Fijo", "ADSL")),
                Column("Estado", "status", _statuses(_ES, mostly="Activo")), Column("Nacionalidad", DROPPED, cycle("ES", "FR")),
                Column("Provincia", "region", cycle("Málaga", "Cádiz")), Column("Saldo", DROPPED, counted("{},00")),
            ),
        ),
        Export(
            "mx-prepago", "MX", text_file("utf-8"), states={"ALTA": "active", "BLOQUEADO": "barred", "BAJA": "left_out"},
            columns=(
                Column("MSISDN", "number", counted("+5255123{:05d}")), Column("FECHA_ACTIVACION", "activated_on", day("%Y-%m-%d %H:%M:%S")),
                Column("PLAN", "service.from", cycle("Prepago Celular 100", "Celular Pospago")),
                Column("ESTADO", "status", _statuses({"ALTA": "", "BLOQUEADO": "", "BAJA": ""}, mostly="ALTA")),
                Column("CURP", "registration.document_number", counted("INVA800101HDF{:05d}")), Column("ARPU", DROPPED, counted("{}.1")),
            ),
        ),
        Export(
            "de-billing", "DE", text_file("cp1252", ";", above=["Bestandsliste Erfunden Telekom", "Stand: 31.01.2026;;;"]),
            states={"aktiv": "active", "gesperrt": "barred", "gekündigt": "left_out"},
            columns=(
                Column("Kundennummer", "reference", counted("{:08d}", 10_000_000)), Column("Rufnummer", "number", counted("0151 234{:05d}")),
                Column("Anschrift", DROPPED, cycle("Erfundene Straße 1, 10115 Berlin")), Column("Anrede", DROPPED, cycle("Frau", "Herr")),
                Column("Geburtsdatum", DROPPED, day("%d.%m.%Y")), Column("Vertragsbeginn", "activated_on", day("%d.%m.%Y")),
                Column("Vertragsstatus", "status", _statuses({"aktiv": "", "gesperrt": "", "gekündigt": ""}, mostly="aktiv")),
                Column("Produkt", "service.from", cycle("Mobil Flat M", "Festnetz", "DSL 50")), Column("IBAN", DROPPED, counted("DE00{:018d}")),
                Column("E-Mail", "contact", counted("kunde{}@example.de")),
            ),
        ),
        Export(
            "fr-abonnes", "FR", text_file("cp1252", ";"), states={"Actif": "active", "Suspendu": "barred", "Résilié": "left_out"},
            columns=(
                Column("Numéro client", "reference", counted("CLI{:05d}")), Column("N° de téléphone", "number", counted("06 12 3{:05d}")),
                Column("Titulaire", DROPPED, cycle("Zoé Inventée", "Noël Fiction")), Column("Date d'activation", "activated_on", day("%d/%m/%Y")),
                Column("Offre", "service.from", cycle("Forfait mobile", "Fibre", "Ligne fixe")),
                Column("Statut", "status", _statuses({"Actif": "", "Suspendu": "", "Résilié": ""}, mostly="Actif")),
                Column("Civilité", DROPPED, cycle("Mme", "M.")), Column("Ville", "region", cycle("Lyon", "Nîmes")),
                Column("Langue", "language", cycle("anglais")),
            ),
        ),
        Export(
            "za-rica", "ZA", text_file("utf-8"), states=_EN,
            columns=(
                Column("Account No", "reference", counted("ACC{:06d}")), Column("MSISDN", "number", counted("08212{:05d}")),
                Column("Full Name", "registration.name", cycle("Thandi Invented", "Pieter Fictional")),
                Column("ID Type", "registration.document_type", cycle("Passport", "za-idnr")),
                Column("ID Number", "registration.document_number", counted("A{:08d}")),
                Column("Residential Address", "registration.address", cycle("1 Invented Road, Durban")),
                Column("Activation Date", "activated_on", mixed(day("%Y-%m-%d"), day("%d-%b-%Y"))),
                Column("Line Type", "service.from", cycle("Mobile", "Fixed Line")), Column("Status", "status", _statuses(_EN, mostly="Active")),
                Column("Race", DROPPED, cycle("x", "y")), Column("Branch", "region", cycle("Durban", "Gqeberha")),
            ),
        ),
        Export(
            "ke-kyc", "KE", parquet_file, states={"ACTIVE": "active", "SUSPENDED": "barred", "CHURNED": "left_out"},
            columns=(
                Column("subscriber_id", "reference", counted("KE{:06d}")), Column("msisdn", "number", counted("2547123{:05d}")),
                Column("activation_date", "activated_on", lambda n: dt.date(2012, 3, 1) + dt.timedelta(days=9 * n)),
                Column("service_type", "service.from", cycle("mobile", "data")),
                Column("status", "status", _statuses({"ACTIVE": "", "SUSPENDED": "", "CHURNED": ""}, mostly="ACTIVE")),
                Column("tribe", DROPPED, cycle("x", "y")), Column("latitude", DROPPED, lambda n: 1.2 + n), Column("region", "region", cycle("Nairobi", "Kisumu")),
            ),
        ),
        Export(
            "ng-nin", "NG", text_file("utf-8", "|"), states=_EN,
            columns=(
                Column("Phone Number", "number", counted("0803123{:04d}")), Column("NIN", "registration.document_number", counted("{:011d}")),
                Column("Reg Date", "activated_on", day("%d-%m-%Y")), Column("Subscriber Status", "status", _statuses(_EN, mostly="Active")),
                Column("Religion", DROPPED, cycle("x", "y")), Column("Product", "service.from", cycle("Prepaid Voice", "Postpaid Voice", "Data SIM")),
            ),
        ),
        Export(
            "in-caf", "IN", workbook(above=[["CAF export", "", "", "", "", ""]]), states=_EN,
            columns=(
                Column("CAF No", "reference", counted("CAF{:07d}")), Column("Mobile No", "number", counted("98100{:05d}")),
                Column("Date of Activation", "activated_on", day("%d/%m/%Y")), Column("Connection Type", DROPPED, cycle("individual", "corporate")),
                Column("Status", "status", _statuses(_EN, mostly="Active")), Column("Caste", DROPPED, cycle("x", "y")),
            ),
        ),
        Export(
            "id-dukcapil", "ID", text_file("utf-8", ";"), states={"Aktif": "active", "Diblokir": "barred", "Hangus": "left_out"},
            columns=(
                Column("Nomor HP", "number", counted("0812345{:04d}")), Column("NIK", "registration.document_number", counted("3174000000{:06d}")),
                Column("Nama Lengkap", "registration.name", cycle("Budi Rekaan", "Siti Rekaan")), Column("Agama", DROPPED, cycle("x", "y")),
                Column("Alamat", "registration.address", cycle("Jalan Rekaan 1, Medan")), Column("Tanggal Aktivasi", "activated_on", day("%Y-%m-%d")),
                Column("Jenis Layanan", "service.from", cycle("Seluler")),
                Column("Status Kartu", "status", _statuses({"Aktif": "", "Diblokir": "", "Hangus": ""}, mostly="Aktif")), Column("Jenis Identitas", "registration.document_type", cycle("id-nik")),
                Column("Kota", "region", cycle("Medan", "Bandung")),
            ),
        ),
        Export(
            "br-pre", "BR", text_file("utf-8-sig", ";"), states={"Ativo": "active", "Bloqueado": "barred", "Cancelado": "left_out"},
            columns=(
                Column("Código Cliente", "reference", counted("BR{:06d}")), Column("Número", "number", counted("+55 11 9123{:05d}")),
                Column("Data de ativação", "activated_on", day("%d/%m/%Y")), Column("Tipo de serviço", "service.from", cycle("Celular")),
                Column("Situação", "status", _statuses({"Ativo": "", "Bloqueado": "", "Cancelado": ""}, mostly="Ativo")), Column("Raça", DROPPED, cycle("x", "y")),
                Column("E-mail", "contact", counted("cliente{}@example.com.br")),
            ),
        ),
        Export(
            "ru-abonent", "KZ", text_file("cp1251", ";"), states={"Активен": "active", "Заблокирован": "barred", "Расторгнут": "left_out"},
            columns=(
                Column("Лицевой счет", "reference", counted("{:07d}", 1_000_000)), Column("Номер телефона", "number", counted("+7 701 123 {:04d}")),
                Column("ФИО", DROPPED, cycle("Выдуманный Иван", "Выдуманная Анна")), Column("Дата подключения", "activated_on", day("%d.%m.%Y")),
                Column("Тарифный план", "service.from", cycle("Мобильный 500", "Мобильный Семья")),
                Column("Статус", "status", _statuses({"Активен": "", "Заблокирован": "", "Расторгнут": ""}, mostly="Активен")), Column("Пол", DROPPED, cycle("м", "ж")),
                Column("Город", "region", cycle("Алматы", "Астана")),
            ),
        ),
        Export(
            "tr-abone", "TR", text_file("cp1254", ";"), states={"Aktif": "active", "Askıda": "barred", "İptal": "left_out"},
            columns=(
                Column("Müşteri No", "reference", counted("TR{:06d}")), Column("Telefon Numarası", "number", counted("0532 123 {:04d}")),
                Column("Aktivasyon Tarihi", "activated_on", day("%d.%m.%Y")), Column("Hizmet Türü", "service.from", cycle("mobil")),
                Column("Durum", "status", _statuses({"Aktif": "", "Askıda": "", "İptal": ""}, mostly="Aktif")), Column("Cinsiyet", DROPPED, cycle("K", "E")),
                Column("Bölge", "region", cycle("Ege", "Marmara")),
            ),
        ),
        Export(
            "ar-eg", "EG", text_file("utf-16", "\t"), states={"نشط": "active", "موقوف": "barred", "ملغى": "left_out"},
            columns=(
                Column("رقم العميل", "reference", counted("EG{:06d}")), Column("رقم الهاتف", "number", counted("0100123{:04d}")),
                Column("تاريخ التفعيل", "activated_on", day("%Y-%m-%d")), Column("نوع الخدمة", "service.from", cycle("mobile")),
                Column("الحالة", "status", _statuses({"نشط": "", "موقوف": "", "ملغى": ""}, mostly="نشط")), Column("الديانة", DROPPED, cycle("x", "y")),
            ),
        ),
        Export(
            "legacy-mainframe", "CN", text_file("ascii", "|"), states={"A": "active", "S": "barred", "T": "left_out"},
            columns=(
                Column("ACCTNO", "reference", counted("{:010d}")), Column("SUBSCRIBER_MSISDN", "number", counted("8613600{:06d}")),
                Column("ACT_DATE", "activated_on", day("%Y%m%d")), Column("SERVICETYPE", "service.from", cycle("GSM", "PSTN")),
                Column("STATUS_CODE", "status", _statuses({"A": "", "S": "", "T": ""}, mostly="A")), Column("CHURN_SCORE", DROPPED, counted("0.{}")),
                Column("BRANCH", "region", cycle("LHASA", "NGARI")),
            ),
        ),
        Export(
            "isp-radius", "CN", text_file("utf-8"), states={"enabled": "active", "disabled": "barred", "deleted": "left_out"},
            columns=(
                Column("customer_id", "reference", counted("isp-{:05d}")), Column("telephone", "number", counted("0891632{:04d}")),
                Column("created_at", "activated_on", day("%Y-%m-%dT%H:%M:%SZ")), Column("access_type", "service.from", cycle("FTTH", "ADSL")),
                Column("service_status", "status", _statuses({"enabled": "", "disabled": "", "deleted": ""}, mostly="enabled")),
                Column("email", "contact", counted("u{}@example.net")), Column("ip_address", DROPPED, counted("192.0.2.{}")),
            ),
        ),
        Export(
            "registrar", "CN", text_file("utf-8"), states={"active": "active", "expired": "left_out"},
            columns=(
                Column("domain_name", "number", counted("invented{}.example")), Column("created", "activated_on", day("%Y-%m-%d")),
                Column("status", "status", cycle("active", "active", "expired")), Column("client_id", "reference", counted("R{:05d}")),
                Column("contact_email", "contact", counted("owner{}@example.org")),
            ),
        ),
        Export(
            "us-churn-style", "CN", text_file("utf-8"), states={},
            columns=(
                Column("customerID", "reference", counted("{:04d}-ABCDE")), Column("gender", DROPPED, cycle("Male", "Female")),
                Column("SeniorCitizen", DROPPED, cycle("0", "1")), Column("Partner", DROPPED, cycle("Yes", "No")),
                Column("tenure", "activated_on.tenure_months", counted("{}")), Column("PhoneService", "service.from", cycle("Yes", "No")),
                Column("InternetService", "service.from", cycle("DSL", "Fiber optic", "No")), Column("MonthlyCharges", DROPPED, counted("{}.85")),
                Column("Churn", DROPPED, cycle("No", "Yes")),
            ),
        ),
        Export(
            "csv-windows-en", "ZA", text_file("utf-8", ",", above=["Customer base,,,,", ",,,,"]), states=_EN,
            columns=(
                Column("Customer Number", "reference", counted("C{:06d}")), Column("Cell Number", "number", counted("0831234{:03d}")),
                Column("Start Date", "activated_on", mixed(day("%Y-%m-%d"), day("%Y/%m/%d"))), Column("Line Status", "status", _statuses(_EN, mostly="Active")),
                Column("Alarm Line", "is_essential", cycle("no", "no", "yes")), Column("Marketing Opt In", DROPPED, cycle("Y", "N")),
                Column("Language", "language", cycle("English", "Chinese")),
            ),
        ),
        Export(
            "hosting-domains", "ZA", text_file("utf-8"),
            states={"Active": "active", "Transferred Away": "left_out", "Cancelled": "left_out", "Expired": "left_out"},
            columns=(
                Column("Domain ID", DROPPED, counted("{}", 1)), Column("Client ID", "reference", counted("{}", 4000)),
                Column("Client Name", DROPPED, cycle("Thandi Invented", "Pieter Fictional")), Column("Domain", "number", counted("made-up-{}.example")),
                Column("Registrar", DROPPED, cycle("enom", "manual")), Column("Reg Period", DROPPED, cycle("1", "2")),
                Column("Registration Date", "activated_on", day("%Y-%m-%d")), Column("Next Due Date", DROPPED, day("%Y-%m-%d", step=39)),
                Column("Expiry Date", DROPPED, day("%Y-%m-%d", step=41)), Column("Recurring Amount", DROPPED, counted("{}.95")),
                Column("Status", "status", cycle("Active", "Active", "Pending Transfer", "Grace Period (Expired)", "Redemption Period (Expired)",
                                                  "Transferred Away", "Cancelled", "Fraud", "Expired")),
            ),
        ),
        Export(
            "codes-and-seconds", "CN", text_file("utf-8", "|"), states={},
            columns=(
                Column("POID_ID0", DROPPED, counted("{}", 880000)), Column("ACCOUNT_NO", "reference", counted("0.0.0.1-{}", 51000)),
                Column("LOGIN", "number", counted("8613400{:06d}")), Column("POID_TYPE", "service.from", cycle("/service/telco/gsm/telephony", "/service/ip")),
                Column("STATUS", "status", cycle("10100", "10100", "10102", "10103")), Column("STATUS_FLAGS", DROPPED, cycle("0", "4")),
                Column("CREATED_T", "activated_on", lambda n: str(1_231_977_600 + 86_400 * 37 * n)),
                Column("LAST_STATUS_T", DROPPED, lambda n: str(1_700_000_000 + 86_400 * n)), Column("PASSWD", DROPPED, counted("clear|{}")),
            ),
        ),
        Export(
            "dates-for-states", "US", text_file("utf-8"), states={},
            columns=(
                Column("custnum", "reference", counted("{}", 1000)), Column("pkgnum", DROPPED, counted("{}", 70000)),
                Column("pkg", "service.from", cycle("Residential VoIP", "Fiber 100")), Column("countrycode", DROPPED, cycle("1")),
                Column("phonenum", "number", counted("6502530{:03d}")), Column("setup", "activated_on", day("%Y-%m-%d", step=31)),
                Column("susp", "status.barred_on", lambda n: "" if n % 6 else "2025-11-01"), Column("cancel", "status.ended_on", lambda n: "" if n % 5 else "2025-10-01"),
                Column("agent", DROPPED, cycle("Main", "Dealer 2")), Column("ss", DROPPED, counted("000-00-{:04d}")),
            ),
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """How a proposal compares with the truth: columns read rightly, columns read wrongly, statuses read as a wrong state."""

    export: Export
    proposal: Proposal
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    wrong_states: tuple[str, ...]


def measure(export: Export, folder: Path) -> Outcome:
    """Write an export, propose its map, and compare it with the truth."""
    scan = scan_file(export.write(folder, export))
    proposal = propose(
        scan, country=export.country, as_of=AS_OF, duty=True,
        number_range=None if any(c.truth == "number" for c in export.columns) else "+8689100000000",
    )  # fmt: skip
    used = _places(proposal.raw)
    right = tuple(c.heading for c in export.columns if used.get(c.heading, DROPPED) == c.truth)
    wrong = tuple(c.heading for c in export.columns if c.heading not in right)
    said = proposal.raw.get("status", {}).get("values", {})
    states = {text: _state(status) for text, status in said.items()}
    wrong_states = [text for text, state in states.items() if export.states[text] != state]
    if export.states and not said:
        wrong_states = list(export.states)
    return Outcome(export, proposal, right, wrong, tuple(wrong_states))


def _state(status: str) -> str:
    return "barred" if LineStatus(status) in BARRED else status


def _places(raw: dict[str, Any]) -> dict[str, str]:
    """Return by column the place of the map that uses it."""
    found: dict[str, str] = {}
    for part in (
        "number",
        "activated_on",
        "status",
        "language",
        "region",
        "contact",
        "reference",
        "is_essential",
    ):
        if column := raw.get(part, {}).get("column"):
            found[column] = part
    if column := raw.get("activated_on", {}).get("tenure_months"):
        found[column] = "activated_on.tenure_months"
    found |= {source["column"]: "service.from" for source in raw.get("service", {}).get("from", [])}
    found |= {
        raw["status"][part]: f"status.{part}"
        for part in ("ended_on", "barred_on")
        if part in raw.get("status", {})
    }
    registration = raw.get("registration", {})
    fields = ("name", "address", "document_type", "document_number")
    return found | {registration[f]: f"registration.{f}" for f in fields if f in registration}
