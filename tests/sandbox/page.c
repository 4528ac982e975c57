/* SPDX-License-Identifier: Apache-2.0 */
/* HTML, with everything from outside escaped. */
#include "page.h"

#include <string.h>

#include "text.h"

static bool add_escaped(struct text *out, const char *value)
{
	for (; *value != '\0'; value++) {
		bool fine;

		switch (*value) {
		case '&':
			fine = text_add_string(out, "&amp;");
			break;
		case '<':
			fine = text_add_string(out, "&lt;");
			break;
		case '>':
			fine = text_add_string(out, "&gt;");
			break;
		case '"':
			fine = text_add_string(out, "&quot;");
			break;
		default:
			fine = text_add(out, value, 1);
			break;
		}
		if (!fine)
			return false;
	}
	return true;
}

static bool begin(struct text *out, const char *title)
{
	text_clear(out);
	return text_add_string(
		       out, "<!doctype html>\n<html lang=\"en\">\n<head>\n"
			    "<meta charset=\"utf-8\">\n"
			    "<meta name=\"viewport\" "
			    "content=\"width=device-width\">\n"
			    "<style>body{font:1.1em sans-serif;max-width:26em;"
			    "margin:4em auto;padding:0 1em}label{display:block;"
			    "margin:1em 0}input{display:block;width:100%;"
			    "font:inherit}button{font:inherit;margin-right:1em}"
			    "code{overflow-wrap:anywhere}</style>\n<title>") &&
	       add_escaped(out, title) &&
	       text_add_string(out, "</title>\n</head>\n<body>\n<h1>") &&
	       add_escaped(out, title) && text_add_string(out, "</h1>\n");
}

static bool end(struct text *out)
{
	return text_add_string(out, "</body>\n</html>\n");
}

static bool add_input(struct text *out, const char *type, const char *name,
                      const char *value)
{
	return text_addf(out, "<input type=\"%s\" name=\"%s\" value=\"", type,
	                 name) &&
	       add_escaped(out, value) && text_add_string(out, "\">\n");
}

bool page_login(struct text *out, const struct page_login *login)
{
	bool fine = begin(out, login->title);

	if (login->complaint != NULL)
		fine = fine && text_add_string(out, "<p role=\"alert\">") &&
		       add_escaped(out, login->complaint) &&
		       text_add_string(out, "</p>\n");
	if (login->notice != NULL)
		fine = fine && text_add_string(out, "<p>") &&
		       add_escaped(out, login->notice) &&
		       text_add_string(out, "</p>\n");
	fine = fine && text_addf(out, "<form method=\"post\" action=\"%s\">\n",
	                         login->action);
	if (login->transaction != NULL)
		fine = fine && add_input(out, "hidden", "transaction",
		                         login->transaction);
	if (login->user_code != NULL)
		fine = fine && text_add_string(out, "<label>Code\n") &&
		       add_input(out, "text", "user_code", login->user_code) &&
		       text_add_string(out, "</label>\n");
	fine = fine && text_add_string(out, "<label>User\n") &&
	       add_input(out, "text", "user",
	                 login->user == NULL ? "" : login->user) &&
	       text_add_string(out, "</label>\n<label>Password\n") &&
	       add_input(out, "password", "password", "") &&
	       text_add_string(out, "</label>\n<button name=\"action\" "
	                            "value=\"login\">Log in</button>\n");
	if (login->cancel)
		fine = fine &&
		       text_add_string(out,
		                       "<button name=\"action\" "
		                       "value=\"cancel\">Cancel</button>\n");
	return fine && text_add_string(out, "</form>\n") && end(out);
}

bool page_message(struct text *out, const char *title, const char *message)
{
	return begin(out, title) && text_add_string(out, "<p>") &&
	       add_escaped(out, message) && text_add_string(out, "</p>\n") &&
	       end(out);
}

bool page_token(struct text *out, const char *token)
{
	return begin(out, "Your token") &&
	       text_add_string(out, "<p>Copy it to where you were asked for "
	                            "it.</p>\n<p><code id=\"token\">") &&
	       add_escaped(out, token) &&
	       text_add_string(out, "</code></p>\n") && end(out);
}
