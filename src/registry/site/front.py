"""The front page: what this is, and where its machines' entrances are."""

from html import escape

_QUERY = """\
{
  institutions(first: 3, orderBy: [{field: STARS, direction: DESC}]) {
    totalCount
    nodes { code name rating { stars score } }
  }
}"""

_LINKS = (
    ("/graphql", "GraphQL 控制台", "GraphQL console", "浏览器中直接查询", "query from the browser"),
    ("/schema.graphql", "接口定义", "Schema", "GraphQL SDL 全文", "the whole SDL as text"),
    ("/readyz", "就绪状态", "Readiness", "数据库、迁移与工作日历", "database, migrations, working calendar"),
    ("/metrics", "运行指标", "Metrics", "Prometheus 格式", "in Prometheus's format"),
)

_PAGE = """\
<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>养老服务信用与评级登记系统 · Care credit and rating register</title>
<link rel="stylesheet" href="/static/site.css">
</head>
<body>
<header>
<h1>养老服务信用与评级登记系统</h1>
<p lang="en">The credit and rating register for elderly care</p>
</header>
<main>
<section aria-labelledby="entrances">
<h2 id="entrances">入口 <span lang="en">Entrances</span></h2>
<ul>
{links}
</ul>
</section>
<section aria-labelledby="query">
<h2 id="query">第一个查询 <span lang="en">A first query</span></h2>
<pre><code>{query}</code></pre>
</section>
</main>
</body>
</html>
"""


def _link(href: str, zh: str, en: str, about_zh: str, about_en: str) -> str:
    title = f'<a href="{escape(href)}">{escape(zh)} <span lang="en">{escape(en)}</span></a>'
    return f'<li>{title} — {escape(about_zh)} <span lang="en">{escape(about_en)}</span></li>'


def front_page() -> str:
    """Return the page as HTML."""
    return _PAGE.format(links="\n".join(_link(*link) for link in _LINKS), query=escape(_QUERY))
