/* SPDX-License-Identifier: Apache-2.0 */
/* astro auth status: every context's login, without asking any server. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_token.h"
#include "clock.h"
#include "command.h"
#include "error.h"
#include "files.h"
#include "json_out.h"
#include "output.h"
#include "stored.h"
#include "terminal.h"

enum { COLUMNS = 5, LOGIN_MAX = 64 };

static const char *const header[COLUMNS] = {"NAME", "PROVIDER", "ACCOUNT",
                                            "SOURCE", "LOGIN"};

static const struct option options_status[] = {
	{"json", 0, OPTION_SWITCH, NULL, "print one JSON document"},
};

/* One context's login as it is to be shown. */
struct row {
	const char *name;
	const char *provider;
	const char *account; /* or NULL */
	struct stored stored;
	bool is_good;
	char login[LOGIN_MAX];
};

struct table {
	struct row *rows;
	size_t count;
	size_t current; /* SIZE_MAX: none */
	struct api_token token;
};

static int fill_row(struct row *row, const struct context *context,
                    struct astro_error *err)
{
	row->name = context_name(context);
	row->provider = context_provider(context);
	row->account = context_value(context, "user_email");
	return stored_read(context, &row->stored, err);
}

/* The context that ASTRO_API_TOKEN is for, stored or not: the current one, and
 * where none is set Astro's. */
static struct row *find_row(struct table *table, const struct files *files)
{
	const char *name = config_current_name(files->config);
	size_t i = table->current;
	struct row *row;

	if (name == NULL)
		name = "astronomer.io";
	if (i == SIZE_MAX)
		for (i = 0; i < table->count; i++)
			if (strcmp(table->rows[i].name, name) == 0)
				break;
	table->current = i;
	row = &table->rows[i];
	if (i == table->count) {
		table->count++;
		row->name = name;
		row->provider =
			domain_is_astro(name) || strcmp(name, "localhost") == 0
				? "astro"
				: "software";
	}
	return row;
}

static void fill_environment(struct table *table, struct row *row)
{
	if (row->stored.place != NULL)
		terminal_tell("astro: ASTRO_API_TOKEN is used instead of the "
		              "login stored for %s",
		              row->name);
	row->account = NULL;
	row->stored = (struct stored){.place = "environment",
	                              .expiry = table->token.expiry};
}

static int fill_table(struct table *table, const struct files *files,
                      struct astro_error *err)
{
	size_t count = config_count(files->config), i;
	const struct context *current;
	int status;

	status = files_current(files, &current, err);
	if (status != ASTRO_OK)
		return status;
	/* One more for a token from the environment and no context. */
	table->rows = calloc(count + 1, sizeof(*table->rows));
	if (table->rows == NULL)
		return error_no_memory(err);
	table->count = count;
	table->current = SIZE_MAX;
	for (i = 0; i < count; i++) {
		const struct context *context = config_at(files->config, i);

		if (context == current)
			table->current = i;
		status = fill_row(&table->rows[i], context, err);
		if (status != ASTRO_OK)
			return status;
	}

	status = api_token_take(&table->token, err);
	if (status == ASTRO_OK && table->token.token != NULL)
		fill_environment(table, find_row(table, files));
	for (i = 0; i < table->count; i++) {
		struct row *row = &table->rows[i];

		stored_describe(&row->stored, row->login, sizeof(row->login));
		row->is_good = stored_is_good(&row->stored);
	}
	if (table->token.token != NULL)
		table->rows[table->current].is_good =
			api_token_check(&table->token, clock_wall(), NULL) ==
			ASTRO_OK;
	return status;
}

static int print_json(const struct table *table, struct astro_error *err)
{
	struct json_out json;
	size_t i;
	int status;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_array(&json, "contexts");
	for (i = 0; i < table->count; i++) {
		const struct row *row = &table->rows[i];
		bool has_end = row->stored.place != NULL &&
		               row->stored.expiry > 0 &&
		               row->stored.expiry != INT64_MAX;

		json_out_object(&json, NULL);
		json_out_string(&json, "name", row->name);
		json_out_bool(&json, "isCurrent", i == table->current);
		json_out_bool(&json, "isLoggedIn", row->is_good);
		json_out_string(&json, "provider", row->provider);
		json_out_string(&json, "account", row->account);
		json_out_string(&json, "source", row->stored.place);
		if (has_end)
			json_out_time(&json, "expires_at", row->stored.expiry);
		else
			json_out_string(&json, "expires_at", NULL);
		/* Only the other place knows. */
		if (row->stored.is_elsewhere)
			json_out_string(&json, "isRenewable", NULL);
		else
			json_out_bool(&json, "isRenewable",
			              row->stored.is_renewable);
		json_out_close(&json);
	}
	json_out_close(&json);
	json_out_close(&json);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

static int print_table(const struct table *table, struct astro_error *err)
{
	const char **cells = calloc(table->count * COLUMNS + 1, sizeof(*cells));
	size_t i;

	if (cells == NULL)
		return error_no_memory(err);
	for (i = 0; i < table->count; i++) {
		const struct row *row = &table->rows[i];
		const char **cell = &cells[i * COLUMNS];

		cell[0] = row->name;
		cell[1] = row->provider;
		cell[2] = row->account == NULL ? "-" : row->account;
		cell[3] = row->stored.place == NULL ? "-" : row->stored.place;
		cell[4] = row->login;
	}
	terminal_table(stdout, header, COLUMNS, cells, table->count,
	               table->current);
	free(cells);
	return ASTRO_OK;
}

/* The exit code says whether the current context is logged in. */
static int judge(const struct table *table, struct astro_error *err)
{
	const struct row *row;

	if (table->token.token != NULL)
		return api_token_check(&table->token, clock_wall(), err);
	if (api_token_refuse_retired(err) != ASTRO_OK)
		return ASTRO_DENIED;
	if (table->current == SIZE_MAX)
		return error_set(err, ASTRO_EXPIRED,
		                 "log in with `astro login`", "no context set");
	row = &table->rows[table->current];
	if (row->is_good)
		return ASTRO_OK;
	return error_set(err, ASTRO_EXPIRED, "log in with `astro login`",
	                 row->stored.place == NULL
	                         ? "not logged in to %s"
	                         : "the login for %s has ended",
	                 row->name);
}

static int run_status(const struct options *options, struct astro_error *err)
{
	struct files files;
	struct table table;
	int status;

	memset(&table, 0, sizeof(table));
	status = files_open(&files, err);
	if (status == ASTRO_OK)
		status = fill_table(&table, &files, err);
	if (status == ASTRO_OK)
		status = options_has(options, "json")
		                 ? print_json(&table, err)
		                 : print_table(&table, err);
	if (status == ASTRO_OK)
		status = judge(&table, err);
	api_token_clear(&table.token);
	free(table.rows);
	files_clear(&files);
	return status;
}

const struct command command_auth_status = {
	.group = "auth",
	.name = "status",
	.summary = "Show each context's login, offline",
	.operands = "",
	.options = options_status,
	.option_count = sizeof(options_status) / sizeof(options_status[0]),
	.text = "The exit code is 4 when the current context is not logged in.",
	.run = run_status,
};
