# SPDX-License-Identifier: EUPL-1.2
"""Codes of states and organisations that issue travel documents: ISO 3166-1 and the additions of ICAO Doc 9303 part 3.

Lists go out of date; a code that is not in it asks for a second check and is not refused.
"""

from typing import Final

_STATES: Final = """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM
    BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR
    CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB
    GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA
    JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA
    MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR
    NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS
    SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON
    TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
"""
_ADDITIONS: Final = "D EUE GBD GBN GBO GBP GBS RKS UNO UNA UNK UTO XAA XBA XIM XCC XCE XCO XEC XES XMP XOM XPO XDC XXA XXB XXC XXX IAO ZIM"
"""Germany is D in zones; UNO and the like are organisations; XXA to XXC are stateless people; UTO is ICAO's own invented state;
ZIM occurs in older documents of Zimbabwe.
"""

_KNOWN: Final = frozenset((_STATES + _ADDITIONS).split())


def is_issuing_state(code: str) -> bool:
    """Tell whether a code, with or without its fillers, is known."""
    return code.upper().rstrip("<") in _KNOWN
