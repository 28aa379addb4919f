"""What the charts show, as ECharts options (pure), and the widget that shows them.

Only numbers and this package's own words may enter an option: ipecharts turns any string that begins with
`__ipecharts_jsfn__::` into a function in the browser, so a text that a service chose must never get there.
"""
