"""The wording of what can be wrong with the text of a policy before anything in it is understood."""

TEXT_RULES: dict[str, tuple[str, str, str, str]] = {
    "toml": (
        "不是有效的 TOML：{detail}",
        "is not valid TOML: {detail}",
        "请按 TOML 语法改正该行：文字加双引号，列表用方括号，表用花括号。",
        "Correct the line: texts stand in double quotes, lists in brackets, tables in braces.",
    ),
    "json": (
        "不是有效的 JSON：{detail}",
        "is not valid JSON: {detail}",
        "请按 JSON 语法改正该处：各项之间用逗号，同一表中键不重复；或改写为 TOML。",
        "Correct the place: commas between entries, no key twice in one table; or write TOML.",
    ),
    "too-deep": (
        "嵌套过深（超过 {deepest} 层）",
        "is nested too deep (more than {deepest} levels)",
        "请减少嵌套：`all`、`any` 可以列出多个条件。",
        "Nest less: `all` and `any` take lists of conditions.",
    ),
    "number-size": (
        "数字位数过多",
        "a number has too many digits",
        "整数和小数部分最多各 18 位，绝对值不超过 1,000,000,000,000。",
        "Write at most 18 digits before and after the point, up to 1,000,000,000,000 either way.",
    ),
    "control-character": (
        "含有控制字符",
        "holds a control character",
        "请删除不可见的字符（例如 \\u0000）。",
        "Remove the characters that cannot be seen, such as \\u0000.",
    ),
    "unknown-region": (
        "登记簿没有行政区划“{found}”",
        "the register has no region '{found}'",
        "请改用登记簿中的区划代码（GB/T 2260 六位代码，全国为 CN），或先导入该区划。",
        "Use a region code of the register (six digits of GB/T 2260, CN for the nation), or import the region first.",
    ),
}
