"""Names that look real: persons by the frequency of surnames and given names, institutions by how they are named."""

from collections.abc import Sequence

import numpy as np

from registry.synthetic.draws import Bools, Draws, Floats, Ints

_SURNAMES = (
    "王715 李719 张684 刘536 陈453 杨308 黄223 赵228 吴205 周212 徐166 孙152 马129 朱125 胡131 郭115 何117 "
    "林112 高110 罗86 郑93 梁84 谢72 宋81 唐69 许66 韩68 邓67 冯65 曹60 彭56 曾56 肖59 田60 董61 潘57 袁54 "
    "蔡53 蒋55 余52 于54 杜54 叶49 程53 魏50 苏49 吕49 丁46 任42 卢45 姚44 沈44 钟44 姜41 崔42 谭40 陆39 范39 "
    "汪39 廖37 石37 金36 韦35 贾35 夏35 付34 方35 邹34 熊33 白33 孟33 秦32 邱33 侯31 江30 尹30 薛29 闫29 段29 "
    "雷28 龙27 黎26 史26 陶26 贺25 毛25 郝25 顾25 龚24 邵24 万23 覃23 武22 钱22 戴22 严21 欧阳6"
)
_FEMALE = "秀英桂兰玉珍凤霞丽华红艳梅芳燕萍玲淑敏静娟云琴洁莲香月荣慧琳春秋晓雪爱翠巧娜媛倩颖莉婷佳欣雅"
_MALE = "建国伟强军勇明志海波涛刚平峰鹏辉杰飞超斌磊亮东林生文德福忠义振永庆光利民新成宏浩宇晨祥顺龙虎毅俊"
_BRANDS = (
    "夕阳红 福寿 康乐 颐养 松鹤 金秋 幸福 安康 长寿 敬老 爱心 慈爱 怡康 福康 祥和 和谐 温馨 阳光 桑榆 静安 "
    "仁爱 孝慈 孝亲 乐龄 银龄 康宁 康泰 瑞祥 吉祥 如意 福满堂 老来乐 晚晴 晚霞 枫叶 枫林 椿萱 椿龄 鹤龄 万福 "
    "百岁 千禧 同心 博爱 普济 济民 惠民 泰和 泰康源 常青 长青 松柏 青松 翠湖 湖畔 山水 桃源 田园 春晖 春晓 "
    "朝晖 晨光 暖阳 暖心 心连心 亲情 天伦 天和 永乐 永康 永安 平安 福临门 鑫福 恒爱 恩泽 厚德 德馨 益寿 益民 "
    "颐和 颐乐 颐年 颐康 怡养 怡年 怡乐园 乐养 乐年 乐康 寿康 寿星 南山 东海 西湖 北辰 金色年华 金太阳 红叶 "
    "红太阳"
)
_ROADS = (
    "人民",
    "建设",
    "解放",
    "和平",
    "胜利",
    "中山",
    "文化",
    "新华",
    "光明",
    "团结",
    "振兴",
    "幸福",
    "朝阳",
    "红旗",
    "工农",
    "迎宾",
    "育才",
    "站前",
    "滨河",
    "东风",
)


def _weighted(text: str) -> tuple[list[str], list[float]]:
    words = text.split()
    names = [word.rstrip("0123456789") for word in words]
    return names, [float(word[len(name) :]) for word, name in zip(words, names, strict=True)]


SURNAMES, SURNAME_WEIGHTS = _weighted(_SURNAMES)
BRANDS = _BRANDS.split()


def _given(draws: Draws, characters: str, count: int) -> list[str]:
    """One or two characters of a pool whose first are the most frequent."""
    weights: Floats = 1.0 / (np.arange(len(characters), dtype=np.float64) + 8.0)
    first, second = draws.pick(weights, count), draws.pick(weights, count)
    single = draws.chance(0.14, count)
    return [
        characters[one] if alone or one == two else characters[one] + characters[two]
        for one, two, alone in zip(first.tolist(), second.tolist(), single.tolist(), strict=True)
    ]


def person_names(draws: Draws, male: Bools) -> list[str]:
    """A name for each person."""
    count = male.shape[0]
    surnames = draws.pick(SURNAME_WEIGHTS, count)
    women, men = _given(draws, _FEMALE, count), _given(draws, _MALE, count)
    return [
        SURNAMES[surname] + (his if he else her)
        for surname, his, her, he in zip(surnames.tolist(), men, women, male.tolist(), strict=True)
    ]


def brands(draws: Draws, count: int) -> list[str]:
    """A brand (字号) for each organisation."""
    return [BRANDS[index] for index in draws.between(0, len(BRANDS) - 1, count).tolist()]


def addresses(draws: Draws, places: Sequence[str], count: int) -> list[str]:
    """A street address in each place."""
    roads, doors = draws.between(0, len(_ROADS) - 1, count), draws.between(1, 999, count)
    return [
        f"{place}{_ROADS[road]}路{door}号"
        for place, road, door in zip(places, roads.tolist(), doors.tolist(), strict=True)
    ]


def ordinal_suffixes(places_in_chain: Ints) -> list[str]:
    """How the second and further institutions of an organisation are told apart: "(第二分院)"."""
    numerals = "一二三四五六七八九十"
    return ["" if place == 0 else f"(第{numerals[min(place, 9)]}分院)" for place in places_in_chain.tolist()]
