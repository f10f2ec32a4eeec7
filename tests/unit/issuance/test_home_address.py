"""An address by hand: a named place and the number of a house, or it is asked again."""

import json
from pathlib import Path

import pytest

from issuance.home_address import names_a_home

PAIRS = json.loads((Path(__file__).parents[2] / "cases" / "addresses.json").read_text("utf-8"))
TABLE = sorted({pair[side] for pair in PAIRS["pairs"] for side in ("a", "b")})
NO_HOME = {  # the rows of the table that name no house
    *("地址不详", "示范市海港区", "示范市海港区长乐路", "示范市海港区长乐路88弄"),
    "示范市望江区青石镇红旗村3组",
}
GOOD = (
    *("望江路 188 弄 6 号 302 室", "长乐路88弄六号一二\u3007三室", "人民路一号", "中山东一路12号"),
    *("东街45号", "板桥镇12号", "桥镇7组15号", "向阳村三组12号", "红旗村12号", "大桥新村12号"),
    *("一村12号", "3村12号", "幸福里3号", "永康里 3 号", "长乐路88弄6支弄3号", "长乐路88-6号"),
    *("解放路东方大厦1203室", "听雨路77号3号楼1202室", "听雨路77号3幢2单元602", "海港区长乐路88号"),
    *(
        "示范市海港区长乐路88弄6号",
        "长乐路100号#1203",
        "建设大道99号A座1901室",
        "长乐路八十八弄六号",
    ),
    *(
        "公园街甲3号",
        "胜利公路1200号5幢603室",
        "沿河胡同7号院2号楼",
        "长乐路88",
        "长乐路88弄1203室",
    ),
)
BAD = (
    *("x", "路", "长乐路", "海港区", "海港区长乐路", "测试", "家里", "1", "12号", "1203室", "x1"),
    *("路1号", "村12号", "弄1号", "新村1号", "188弄6号", "望江路188弄", "向阳村3组", "三组15号"),
    *(
        "长乐路1203室",
        "aaa 12",
        "Changle Road 88",
        "中山东一路",
        "号",
        "6号302室",
        "……",
        "长乐路88弄",
    ),
)


@pytest.mark.parametrize("address", GOOD)
def test_an_address_that_says_which_home_is_taken(address):
    assert names_a_home(address)


@pytest.mark.parametrize("address", BAD)
def test_an_address_that_leaves_the_home_open_is_not(address):
    assert not names_a_home(address)


def test_of_the_table_of_real_forms_those_are_refused_that_name_no_house():
    assert {address for address in TABLE if not names_a_home(address)} == NO_HOME
    assert len(TABLE) > 250
