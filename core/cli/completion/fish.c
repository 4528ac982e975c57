/* SPDX-License-Identifier: Apache-2.0 */
/* The script for fish. */
#include "completion.h"

#include <stdio.h>

#define PREFIX "__astro"

static const struct completion_shell shell = {
	.begin = "function %s\n\tswitch \"$argv[1] $argv[2]\"\n",
	.one = "function %s\n\tswitch \"$argv[1]\"\n",
	.entry = "\t\tcase '%s'\n",
	.set = "\t\t\techo '%s'",
	.found = "\t\t\treturn 0",
	.list = "\t\t\tprintf '%s\\n'",
	.item = " \\\n\t\t\t\t'%s",
	.between = "\t",
	.leave = "\n",
	.closed = "\n",
	.end = "\t\tcase '*'\n\t\t\treturn 1\n\tend\nend\n\n",
	.quote = "\\'",
};

static const char driver[] =
	"function __astro_contexts\n"
	"\t$argv[1] context list 2>/dev/null | sed -e 1d -e 's/^[* ] //'\n"
	"end\n\n"
	"function __astro_providers\n"
	"\t$argv[1] provider list 2>/dev/null | sed -e 1d -e 's/ .*//'\n"
	"end\n\n"
	"# What the kind in $argv[1] has; then the program, the number of "
	"operands and\n# the first of them.\n"
	"function __astro_offer_value\n"
	"\tset -l kind (string split ' ' -- $argv[1])\n"
	"\tswitch $kind[1]\n"
	"\t\tcase words\n"
	"\t\t\tprintf '%s\\n' $kind[2..-1]\n"
	"\t\tcase contexts\n"
	"\t\t\t__astro_contexts $argv[2]\n"
	"\t\tcase providers\n"
	"\t\t\t__astro_providers $argv[2]\n"
	"\t\tcase commands\n"
	"\t\t\tif test $argv[3] -eq 0\n"
	"\t\t\t\t__astro_words ''\n"
	"\t\t\telse if test $argv[3] -eq 1\n"
	"\t\t\t\tset -l group (__astro_next '' $argv[4])\n"
	"\t\t\t\tand __astro_words $group\n"
	"\t\t\tend\n"
	"\t\tcase programs\n"
	"\t\t\t__fish_complete_command\n"
	"\t\tcase folders\n"
	"\t\t\t__fish_complete_directories (commandline -ct)\n"
	"\t\tcase files\n"
	"\t\t\t__fish_complete_path (commandline -ct)\n"
	"\tend\n"
	"end\n\n"
	"function __astro_complete\n"
	"\tset -l typed (commandline -opc)\n"
	"\tset -l cur (commandline -ct)\n"
	"\tset -l program $typed[1]\n"
	"\tset -l command ''\n"
	"\tset -l flag ''\n"
	"\tset -l first ''\n"
	"\tset -l count 0\n"
	"\tset -l ended ''\n"
	"\tfor word in $typed[2..-1]\n"
	"\t\tif test \"$command\" = exec -a $count -gt 0\n"
	"\t\t\tset count (math $count + 1)\n"
	"\t\telse if test -n \"$flag\"\n"
	"\t\t\tset flag ''\n"
	"\t\telse if test -z \"$ended\"; and test \"$word\" = --\n"
	"\t\t\tset ended 1\n"
	"\t\telse if test -z \"$ended\"; and string match -q -- '-*' $word\n"
	"\t\t\t__astro_takes \"$command\" $word\n"
	"\t\t\tand set flag $word\n"
	"\t\telse if test $count -eq 0; and set -l next (__astro_next "
	"\"$command\" $word)\n"
	"\t\t\tset command $next\n"
	"\t\telse\n"
	"\t\t\ttest $count -gt 0; or set first $word\n"
	"\t\t\tset count (math $count + 1)\n"
	"\t\tend\n"
	"\tend\n\n"
	"\tset -l before ''\n"
	"\tif test -z \"$flag\"; and string match -q -- '--*=*' \"$cur\"\n"
	"\t\tset flag (string replace -r '=.*' '' -- $cur)\n"
	"\t\tset before $flag=\n"
	"\telse if test -z \"$flag\"; and string match -q -- '-*' \"$cur\"\n"
	"\t\t__astro_flags \"$command\"\n"
	"\t\treturn\n"
	"\tend\n"
	"\tset -l key $flag\n"
	"\ttest -n \"$flag\"; or set key $count\n"
	"\tif test \"$command\" = exec -a $count -gt 0\n"
	"\t\t__fish_complete_subcommand --commandline $typed[(math -$count)..-1] "
	"$cur\n"
	"\telse if set -l kind (__astro_value \"$command\" $key)\n"
	"\t\tfor line in (__astro_offer_value $kind $program $count \"$first\")\n"
	"\t\t\techo $before$line\n"
	"\t\tend\n"
	"\telse if test -z \"$flag\"; and test $count -eq 0\n"
	"\t\t__astro_words \"$command\"\n"
	"\tend\n"
	"end\n\n"
	"complete -c astro -f -k -a '(__astro_complete)'\n";

void completion_fish(void)
{
	(void)printf("# Completion of astro for fish, by `astro completion "
	             "fish`.\n\n");
	completion_tables(&shell, PREFIX);
	(void)fputs(driver, stdout);
}
