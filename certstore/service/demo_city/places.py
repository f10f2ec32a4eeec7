"""Addresses of the invented city, its schools and employers, and where its people come from."""

from dataclasses import dataclass

from certstore.service.demo_city.dice import Dice

CITY = "示范市"
DISTRICTS = ("海港区", "梧桐区", "望江区", "云杉区")
_ROADS = {
    "海港区": ("长乐路", "海棠路", "灯塔路", "渔歌路", "东堤路"),
    "梧桐区": ("望江路", "听雨路", "梧桐大道", "书院路", "青石街"),
    "望江区": ("江月路", "枫桥路", "望江东路", "采莲路", "石桥街"),
    "云杉区": ("云杉路", "松风路", "林语路", "鹿鸣路", "晴岚路"),
}
_DISTRICT_LETTERS = {"海港区": "海港", "梧桐区": "梧桐", "望江区": "望江", "云杉区": "云杉"}
_HOME_TOWNS = (
    "示例省安禾市石桥县柳溪镇", "示例省安禾市青田区稻香街道", "示例省临川市白鹭县渡口镇",
    "示例省临川市南湖区荷塘街道", "样本省云岭市茶山县竹溪乡", "样本省云岭市松江县板桥镇",
    "样本省平原市新集县大槐镇", "示例自治区雪岭市河谷县格桑乡",
)  # fmt: skip
SCHOOLS = (
    ("示范市梧桐第一小学", "小学"),
    ("示范市海港实验小学", "小学"),
    ("示范市云杉外国语学校", "初中"),
    ("示范市望江中学", "高中"),
    ("示范市理工学院", "大学"),
    ("示范市师范大学", "大学"),
)
EMPLOYERS = (
    "示范市远帆物流有限公司",
    "示范市晨光餐饮管理有限公司",
    "示范市智川软件有限公司",
    "示范市安居家政服务有限公司",
    "示范市海港医院",
    "示范市云杉建筑工程有限公司",
    "示范市望江纺织有限公司",
    "示范市第二人民医院",
)


@dataclass(frozen=True, slots=True)
class Home:
    """A flat or a house."""

    address: str
    district: str


class AddressBook:
    """Gives homes, none twice."""

    def __init__(self, taken: frozenset[str]) -> None:
        """Begin with the addresses that are already somebody's."""
        self._taken = set(taken)

    def home(self, dice: Dice) -> Home:
        """A free home, written in one of the ways addresses are written here."""
        while True:
            district = dice.pick(DISTRICTS)
            road = dice.pick(_ROADS[district])
            room = f"{dice.between(1, 18)}{dice.between(1, 4):02}室"
            written = dice.weighted(
                (
                    (f"{dice.between(8, 980)}弄{dice.between(1, 42)}号{room}", 6),
                    (f"{dice.between(8, 980)}号{dice.between(1, 9)}幢{room}", 3),
                    (f"{dice.between(8, 1980)}号{room}", 2),
                )
            )
            home = Home(f"{CITY}{district}{road}{written}", district)
            if home.address not in self._taken:
                self._taken.add(home.address)
                return home


def household_address(dice: Dice, *, local: bool) -> str:
    """Where somebody's household is registered: in this city, or where they come from."""
    if local:
        district = dice.pick(DISTRICTS)
        door = f"{dice.between(2, 600)}号{dice.between(101, 909)}室"
        return f"{CITY}{district}{dice.pick(_ROADS[district])}{door}"
    return f"{dice.pick(_HOME_TOWNS)}{dice.pick('东西南北中')}街{dice.between(1, 260)}号"


def property_number(district: str, year: int, sequence: int) -> str:
    """The number printed on a property certificate; 示 is no province, so none can be real."""
    return f"示({year}){_DISTRICT_LETTERS[district]}不动产权第{sequence:07}号"


def property_unit(dice: Dice) -> str:
    """A property unit number of 28 characters in the area 310199, which no district has."""
    zone = f"310199{dice.between(1, 40):03}{dice.between(1, 60):03}"
    return f"{zone}GB{dice.between(1, 400):05}F{dice.between(1, 9):04}{dice.between(1, 200):04}"
