"""The small dictionary of product names: words of several tongues that mean the same, sizes, colours and measures."""

SYNONYMS = (
    ("winter coat", "fleece-lined coat", "fleece lined coat", "warm coat", "冬季外套", "加绒外套", "保暖外套"),
    ("padded coat", "quilted coat", "棉衣", "棉服"),
    ("down jacket", "down coat", "puffer jacket", "羽绒服", "羽绒衣"),
    ("down vest", "羽绒马甲", "羽绒背心"),
    ("diapers", "diaper", "nappies", "nappy", "纸尿裤", "尿不湿", "纸尿片"),
    ("pull-ups", "pull ups", "training pants", "拉拉裤", "学步裤"),
    ("wet wipes", "baby wipes", "婴儿湿巾", "宝宝湿巾"),
    ("nursing pads", "breast pads", "防溢乳垫"),
    ("feeding bottle", "baby bottle", "奶瓶"),
    ("teat", "nipple", "奶嘴"),
    ("rice cereal", "米粉"),
    ("body wash", "shower gel", "沐浴露"),
    ("sleeping bag", "sleep sack", "睡袋"),
    ("stroller", "pushchair", "pram", "婴儿推车", "婴儿车"),
    ("breast pump", "吸奶器"),
    ("ear thermometer", "耳温枪"),
    ("play mat", "crawling mat", "爬行垫"),
    ("scarf", "围巾"),
    ("gloves", "手套"),
    ("thermal underwear", "thermals", "保暖内衣"),
    ("snow boots", "雪地靴"),
    ("electric blanket", "heated blanket", "电热毯"),
    ("hand warmer", "暖手宝"),
    ("vacuum flask", "thermos", "thermos flask", "保温杯"),
    ("lunch box", "bento box", "饭盒", "便当盒"),
    ("storage box", "收纳箱"),
    ("umbrella", "雨伞"),
    ("towel", "毛巾"),
    ("bath towel", "浴巾"),
    ("laundry liquid", "laundry detergent", "洗衣液"),
    ("bookshelf", "bookcase", "书架"),
    ("baby cot", "crib", "婴儿床"),
)
"""Phrases that name the same thing; the first of each stands for all."""

SIZES = {
    **{size: size for size in ("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl", "nb")},
    **{"2xl": "xxl", "3xl": "xxxl", "newborn": "nb", "small": "s", "medium": "m", "large": "l", "kids": "kids"},
    **{"小号": "s", "中号": "m", "大号": "l", "加大": "xl", "加大号": "xl", "新生儿": "nb", "儿童": "kids"},
    **{"kid": "kids", "children": "kids", "childrens": "kids", "adult": "adult", "成人": "adult"},
}

COLOURS = {
    **{"black": "black", "黑色": "black", "white": "white", "白色": "white", "red": "red", "红色": "red"},
    **{"blue": "blue", "蓝色": "blue", "navy": "navy", "藏青": "navy", "深蓝色": "navy", "green": "green"},
    **{"绿色": "green", "yellow": "yellow", "黄色": "yellow", "grey": "grey", "gray": "grey", "灰色": "grey"},
    **{"pink": "pink", "粉色": "pink", "粉红色": "pink", "purple": "purple", "紫色": "purple", "brown": "brown"},
    **{"棕色": "brown", "beige": "beige", "米色": "beige", "orange": "orange", "橙色": "orange", "silver": "silver"},
    **{"银色": "silver", "gold": "gold", "金色": "gold", "camel": "camel", "驼色": "camel", "mint": "mint"},
    **{"薄荷绿": "mint", "oak": "oak", "原木色": "oak"},
}

MEASURES = {
    **{"ml": 1.0, "毫升": 1.0, "cl": 10.0, "l": 1000.0, "ltr": 1000.0, "litre": 1000.0, "升": 1000.0},
    **{"g": 1.0, "克": 1.0, "kg": 1000.0, "公斤": 1000.0, "千克": 1000.0, "mm": 0.1, "毫米": 0.1},
    **{"cm": 1.0, "厘米": 1.0, "米": 100.0, "mah": 1.0},
}
"""What one of a measure is in the smallest usual one (ml, g, cm)."""

COUNTED = {
    *("pcs", "pc", "pieces", "pack", "packs", "pk", "pairs", "pair", "months", "month", "tiers", "tier", "set", "ct"),
    *("片", "包", "个", "件", "条", "双", "只", "层", "个月", "支", "盒", "装", "岁"),
}
"""Words for what a number counts: the number tells, the word does not."""

STOP_WORDS = {"of", "the", "for", "and", "with", "a", "an", "in", "x", "的"}
