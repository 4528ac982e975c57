/* SPDX-License-Identifier: Apache-2.0 */
/* The pages that the browser shows at the end, and the headers they go with. */
#include "page.h"

/*
 * The style and the script are named by their hashes in the policy below;
 * a unit test says the new hash when one of them was changed.
 */
/* clang-format off */
#define STYLE \
	":root{color-scheme:light dark;--page:#f3f4f8;--card:#fff;" \
	"--edge:#e2e4ec;--text:#1b1d28;--soft:#5a5f73;--good:#12805c;" \
	"--bad:#c0362c;--plain:#5b54c9;--tint:#eef0f6}" \
	"@media (prefers-color-scheme:dark){:root{--page:#12131a;" \
	"--card:#1b1d27;--edge:#2c2f3d;--text:#eceef6;--soft:#a2a7bb;" \
	"--good:#4cc79a;--bad:#ff8b80;--plain:#a7a1ff;--tint:#252835}}" \
	"*{box-sizing:border-box}" \
	"body{margin:0;min-height:100vh;min-height:100svh;display:grid;" \
	"place-items:center;padding:1.25rem;background:var(--page);" \
	"color:var(--text);font:1rem/1.55 system-ui,-apple-system," \
	"\"Segoe UI\",Roboto,Cantarell,\"Noto Sans\",sans-serif}" \
	"main{width:100%;max-width:27rem;background:var(--card);" \
	"border:1px solid var(--edge);border-radius:1rem;" \
	"padding:2.5rem 2.25rem 2rem;text-align:center;" \
	"box-shadow:0 1px 2px rgba(16,18,32,.05)," \
	"0 12px 32px rgba(16,18,32,.08)}" \
	"svg{display:block;width:4rem;height:4rem;margin:0 auto 1.25rem;" \
	"fill:none;stroke:currentColor;stroke-width:2.5;" \
	"stroke-linecap:round;stroke-linejoin:round}" \
	"svg circle{fill:currentColor;fill-opacity:.12;stroke:none}" \
	".good svg{color:var(--good)}.bad svg{color:var(--bad)}" \
	".plain svg{color:var(--plain)}" \
	"h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25;" \
	"font-weight:650;letter-spacing:-.01em;text-wrap:balance}" \
	"p{margin:0;color:var(--soft);text-wrap:balance}" \
	"p+p{margin-top:.75rem}" \
	"code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas," \
	"\"DejaVu Sans Mono\",monospace;background:var(--tint);" \
	"color:var(--text);border-radius:.35rem;padding:.1em .4em;" \
	"white-space:nowrap}" \
	"footer{margin-top:1.75rem;padding-top:1.25rem;" \
	"border-top:1px solid var(--edge);font-size:.875rem;" \
	"color:var(--soft);text-wrap:balance}" \
	"@media (max-width:26rem){main{padding:2rem 1.35rem 1.5rem}}"

/* The code is not left in the address bar, nor in what is shared from it. */
#define SCRIPT "history.replaceState(null,\"\",location.pathname)"

#define TICK "<path d=\"m15 24.5 6.5 6.5L34 18\"/>"
#define CROSS "<path d=\"m17 17 14 14M31 17 17 31\"/>"
#define BANG "<path d=\"M24 14v13M24 33.5v.1\"/>"

#define PAGE(class, mark, title, text) \
	"<!doctype html>\n" \
	"<html lang=\"en\">\n" \
	"<head>\n" \
	"<meta charset=\"utf-8\">\n" \
	"<meta name=\"viewport\" " \
	"content=\"width=device-width,initial-scale=1\">\n" \
	"<title>" title "</title>\n" \
	"<style>" STYLE "</style>\n" \
	"<script>" SCRIPT "</script>\n" \
	"</head>\n" \
	"<body class=\"" class "\">\n" \
	"<main>\n" \
	"<svg viewBox=\"0 0 48 48\" aria-hidden=\"true\">" \
	"<circle cx=\"24\" cy=\"24\" r=\"24\"/>" mark "</svg>\n" \
	"<h1>" title "</h1>\n" \
	text "\n" \
	"<footer>Shown by <code>astro</code> on your own machine" \
	"</footer>\n" \
	"</main>\n" \
	"</body>\n" \
	"</html>\n"

static const char *const pages[] = {
	[PAGE_SUCCESS] = PAGE("good", TICK, "You are logged in",
		"<p>You can close this window now and return to the "
		"terminal.</p>"),
	[PAGE_FAILURE] = PAGE("bad", CROSS, "The login did not work",
		"<p>Return to the terminal: it says why, and what to do "
		"next. You can close this window.</p>"),
	[PAGE_REFUSED] = PAGE("bad", BANG, "This answer was not accepted",
		"<p>This answer does not belong to the login that is "
		"waiting. It may come from an earlier attempt, or from a "
		"page that you did not mean to open.</p>"
		"<p>The login in the terminal still waits. Go on with the "
		"newest link it shows, or run <code>astro login</code> "
		"again.</p>"),
	[PAGE_ENDED] = PAGE("plain", BANG, "This login has its answer",
		"<p>This login attempt has ended: its answer arrived "
		"before this one. Return to the terminal to see how it "
		"went; you can close this window.</p>"),
	[PAGE_NOTHING] = PAGE("plain", BANG, "There is nothing here",
		"<p>A login in a terminal waits for its answer at another "
		"address. You can close this window.</p>"),
};

const struct page_header page_headers[] = {
	{"Content-Type", "text/html; charset=utf-8"},
	{"Cache-Control", "no-store"},
	{"Referrer-Policy", "no-referrer"},
	{"Content-Security-Policy",
	 "default-src 'none'; "
	 "style-src 'sha256-HnziYJ3YbzojD28W7r7BeLwdmlMes5xBJQNg4er60gI='; "
	 "script-src 'sha256-8A+3er73YJf04rRHGhbZwZQACPiiipi9EPduIeAAIDk='; "
	 "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
	{"X-Frame-Options", "DENY"},
	{"X-Content-Type-Options", "nosniff"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Connection", "close"},
	{0},
};
/* clang-format on */

const char *page_html(enum page page)
{
	return pages[page];
}
