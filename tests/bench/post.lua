-- SPDX-License-Identifier: GPL-3.0-only
wrk.method = "POST"
wrk.body = '{"title":"The Kitab al-Jabr","year":820,"languages":["ar","la"],"pages":{"count":240,"digitised":true}}'
wrk.headers["Content-Type"] = "application/json"
