/* SPDX-License-Identifier: Apache-2.0 */
/* Times as the context file and tokens write them. */
#include "stamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "jwt.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly COUNT digits; *AT moves behind them. */
static bool read_number(const char **at, int count, int *value)
{
	*value = 0;
	while (count-- > 0) {
		if (!is_digit(**at))
			return false;
		*value = *value * 10 + (*(*at)++ - '0');
	}
	return true;
}

static bool read_symbol(const char **at, char symbol)
{
	if (**at != symbol)
		return false;
	(*at)++;
	return true;
}

/* Days since 1970 in the Gregorian calendar, without libc's time zones. */
static int64_t count_days(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year =
		(153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static bool read_date(const char **at, int64_t *days)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30,
	                              31, 31, 30, 31, 30, 31};
	int year, month, day, last;

	if (!read_number(at, 4, &year) || !read_symbol(at, '-') ||
	    !read_number(at, 2, &month) || !read_symbol(at, '-') ||
	    !read_number(at, 2, &day))
		return false;
	if (month < 1 || month > 12)
		return false;
	last = lengths[month - 1];
	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		last++;
	if (day < 1 || day > last)
		return false;
	*days = count_days(year, month, day);
	return true;
}

static bool read_clock(const char **at, int64_t *seconds)
{
	int hour, minute, second;

	if (!read_number(at, 2, &hour) || !read_symbol(at, ':') ||
	    !read_number(at, 2, &minute) || !read_symbol(at, ':') ||
	    !read_number(at, 2, &second))
		return false;
	/* RFC 3339, 5.7: 60 is a leap second. */
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*seconds = (hour * 60 + minute) * 60 + second;
	if (!read_symbol(at, '.'))
		return true;
	if (!is_digit(**at))
		return false;
	while (is_digit(**at))
		(*at)++;
	return true;
}

static bool read_zone(const char **at, int64_t *offset)
{
	int hour, minute;
	int64_t sign;

	*offset = 0;
	if (**at == '\0')
		return true;
	if (read_symbol(at, 'Z') || read_symbol(at, 'z'))
		return true;
	sign = **at == '-' ? -1 : 1;
	if (!read_symbol(at, '+') && !read_symbol(at, '-'))
		return false;
	if (!read_number(at, 2, &hour) || !read_symbol(at, ':') ||
	    !read_number(at, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*offset = sign * (hour * 60 + minute) * 60;
	return true;
}

static int64_t cap(int64_t seconds)
{
	if (seconds < 0)
		return 0;
	return seconds > STAMP_MAX ? STAMP_MAX : seconds;
}

bool stamp_read_seconds(const char **at, int64_t *seconds)
{
	bool is_negative = read_symbol(at, '-');
	int64_t value = 0;

	if (!is_digit(**at))
		return false;
	for (; is_digit(**at); (*at)++)
		if (value <= STAMP_MAX)
			value = value * 10 + (**at - '0');
	*seconds = is_negative ? 0 : cap(value);
	return true;
}

bool stamp_parse(const char *text, int64_t *seconds)
{
	int64_t days, clock = 0, offset = 0;
	const char *at = text;

	if (stamp_read_seconds(&at, seconds) && *at == '\0')
		return true;
	at = text;
	if (!read_date(&at, &days))
		return false;
	if (*at != '\0') {
		if (!read_symbol(&at, 'T') && !read_symbol(&at, 't') &&
		    !read_symbol(&at, ' '))
			return false;
		if (!read_clock(&at, &clock) || !read_zone(&at, &offset) ||
		    *at != '\0')
			return false;
	}
	*seconds = cap(days * 86400 + clock - offset);
	return true;
}

void stamp_format(int64_t seconds, char out[STAMP_SIZE])
{
	time_t time = (time_t)cap(seconds);
	struct tm parts;

	memset(&parts, 0, sizeof(parts));
	(void)gmtime_r(&time, &parts);
	(void)strftime(out, STAMP_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

int64_t stamp_of_token(const char *token, size_t len, int64_t fallback)
{
	struct jwt jwt;
	int64_t seconds;

	if (!jwt_open(&jwt, token, len))
		return fallback;
	if (jwt_time(&jwt, "exp", &seconds))
		fallback = seconds;
	jwt_close(&jwt);
	return fallback;
}
