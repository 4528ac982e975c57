/* SPDX-License-Identifier: Apache-2.0 */
/* The scripts for bash and zsh, which share all but the last step. */
#include "completion.h"

#include <stdio.h>

#define PREFIX "_astro"

static const struct completion_shell shell = {
	.begin = "%s() {\n\tcase \"$1 $2\" in\n",
	.one = "%s() {\n\tcase $1 in\n",
	.entry = "\t'%s')",
	.set = " REPLY='%s'",
	.found = " return 0",
	.list = "\n\t\tprintf '%s\\n'",
	.item = " \\\n\t\t\t'%s",
	.between = ":",
	.leave = " ;;\n",
	.closed = "\n\t\t;;\n",
	.end = "\t*) return 1 ;;\n\tesac\n}\n\n",
	.quote = "'\\''",
};

/* Names are taken out of what people read: one a line, behind a header. */
static const char common[] =
	"# One a line; $1 is the program as it was typed.\n"
	"_astro_contexts() {\n"
	"\t\"$1\" context list 2>/dev/null | sed -e 1d -e 's/^[* ] //'\n"
	"}\n\n"
	"_astro_providers() {\n"
	"\t\"$1\" provider list 2>/dev/null | sed -e 1d -e 's/ .*//'\n"
	"}\n\n"
	"# What stands before the cursor: the command, the flag that waits for "
	"its\n# value, the operands.\n"
	"_astro_walk() {\n"
	"\tlocal word ended=\n"
	"\tcommand= flag= first= count=0\n"
	"\tfor word in \"$@\"; do\n"
	"\t\tif [[ $command == exec && $count -gt 0 ]]; then\n"
	"\t\t\tcount=$((count + 1))\n"
	"\t\telif [[ -n $flag ]]; then\n"
	"\t\t\tflag=\n"
	"\t\telif [[ -z $ended && $word == -- ]]; then\n"
	"\t\t\tended=1\n"
	"\t\telif [[ -z $ended && $word == -* ]]; then\n"
	"\t\t\tif _astro_takes \"$command\" \"$word\"; then\n"
	"\t\t\t\tflag=$word\n"
	"\t\t\tfi\n"
	"\t\telif [[ $count -eq 0 ]] && _astro_next \"$command\" \"$word\"; "
	"then\n"
	"\t\t\tcommand=$REPLY\n"
	"\t\telse\n"
	"\t\t\t[[ $count -gt 0 ]] || first=$word\n"
	"\t\t\tcount=$((count + 1))\n"
	"\t\tfi\n"
	"\tdone\n"
	"}\n\n"
	"# The words behind `astro help`.\n"
	"_astro_help() {\n"
	"\tif [[ $count -eq 0 ]]; then\n"
	"\t\t_astro_words ''\n"
	"\telif [[ $count -eq 1 ]] && _astro_next '' \"$first\"; then\n"
	"\t\t_astro_words \"$REPLY\"\n"
	"\tfi\n"
	"}\n\n";

/* No compgen -W, which would run what a name in the context file has in it. */
static const char bash_driver[] =
	"# Offer the lines of standard input that go on from $cur.  With "
	"\"named\" a\n# summary follows the name.\n"
	"_astro_offer() {\n"
	"\tlocal line quoted\n"
	"\twhile IFS= read -r line; do\n"
	"\t\t[[ $1 == named ]] && line=${line%%:*}\n"
	"\t\t[[ $line == \"$cur\"* ]] || continue\n"
	"\t\tprintf -v quoted %q \"$line\"\n"
	"\t\tCOMPREPLY+=(\"${quoted#\"$drop\"}\")\n"
	"\tdone\n"
	"}\n\n"
	"_astro_offer_value() {\n"
	"\tlocal kind=${1%% *}\n"
	"\tcase $kind in\n"
	"\twords) _astro_offer < <(printf '%s\\n' ${1#words}) ;;\n"
	"\tcontexts) _astro_offer < <(_astro_contexts \"$program\") ;;\n"
	"\tproviders) _astro_offer < <(_astro_providers \"$program\") ;;\n"
	"\tcommands) _astro_offer named < <(_astro_help) ;;\n"
	"\tprograms) _astro_offer < <(compgen -c -- \"$cur\") ;;\n"
	"\tfolders) compopt -o dirnames 2>/dev/null ;;\n"
	"\tfiles) compopt -o default 2>/dev/null ;;\n"
	"\tesac\n"
	"}\n\n"
	"_astro() {\n"
	"\tlocal line=${COMP_LINE:0:COMP_POINT} cur drop= program=$1\n"
	"\tlocal command flag first count REPLY\n"
	"\tlocal -a typed\n"
	"\tCOMPREPLY=()\n"
	"\tcur=${line##*[[:blank:]]}\n"
	"\tread -ra typed <<<\"${line%\"$cur\"}\"\n"
	"\t_astro_walk \"${typed[@]:1}\"\n"
	"\tif [[ -z $flag && $cur == --*=* ]]; then\n"
	"\t\tflag=${cur%%=*} cur=${cur#*=}\n"
	"\telif [[ -z $flag && $cur == -* ]]; then\n"
	"\t\t_astro_offer named < <(_astro_flags \"$command\")\n"
	"\t\treturn\n"
	"\tfi\n"
	"\t# Readline replaces what stands behind the last of these.\n"
	"\tif [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then\n"
	"\t\tdrop=${cur%\"${cur##*:}\"}\n"
	"\tfi\n"
	"\tif [[ $command == exec && $count -gt 0 ]]; then\n"
	"\t\tcompopt -o default 2>/dev/null\n"
	"\telif _astro_value \"$command\" \"${flag:-$count}\"; then\n"
	"\t\t_astro_offer_value \"$REPLY\"\n"
	"\telif [[ -z $flag && $count -eq 0 ]]; then\n"
	"\t\t_astro_offer named < <(_astro_words \"$command\")\n"
	"\tfi\n"
	"}\n\n"
	"complete -F _astro astro\n";

static const char zsh_driver[] =
	"# The lines of \"$1\", which have a summary behind the name.\n"
	"_astro_describe() {\n"
	"\tlocal -a entries=(\"${(@f)1}\")\n"
	"\t[[ -n $1 ]] && _describe -t \"$2\" \"$2\" entries\n"
	"}\n\n"
	"_astro_add() {\n"
	"\tlocal -a entries=(\"${(@f)1}\")\n"
	"\t[[ -n $1 ]] && compadd -- \"${entries[@]}\"\n"
	"}\n\n"
	"_astro_offer_value() {\n"
	"\tcase ${1%% *} in\n"
	"\twords) compadd -- ${=1#words} ;;\n"
	"\tcontexts) _astro_add \"$(_astro_contexts \"$program\")\" ;;\n"
	"\tproviders) _astro_add \"$(_astro_providers \"$program\")\" ;;\n"
	"\tcommands) _astro_describe \"$(_astro_help)\" commands ;;\n"
	"\tprograms) _command_names -e ;;\n"
	"\tfolders) _files -/ ;;\n"
	"\tfiles) _files ;;\n"
	"\tesac\n"
	"}\n\n"
	"_astro() {\n"
	"\tlocal cur=${words[CURRENT]} program=${words[1]}\n"
	"\tlocal command flag first count REPLY\n"
	"\t_astro_walk \"${(@)words[2,CURRENT-1]}\"\n"
	"\tif [[ -z $flag && $cur == --*=* ]]; then\n"
	"\t\tflag=${cur%%=*}\n"
	"\t\tcompset -P '*='\n"
	"\telif [[ -z $flag && $cur == -* ]]; then\n"
	"\t\t_astro_describe \"$(_astro_flags \"$command\")\" flags\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tif [[ $command == exec && $count -gt 0 ]]; then\n"
	"\t\tshift $((CURRENT - count - 1)) words\n"
	"\t\tCURRENT=$((count + 1))\n"
	"\t\t_normal\n"
	"\telif _astro_value \"$command\" \"${flag:-$count}\"; then\n"
	"\t\t_astro_offer_value \"$REPLY\"\n"
	"\telif [[ -z $flag && $count -eq 0 ]]; then\n"
	"\t\t_astro_describe \"$(_astro_words \"$command\")\" commands\n"
	"\tfi\n"
	"}\n\n"
	"# As a file of $fpath, or read by `source`.\n"
	"if [[ ${funcstack[1]} == _astro ]]; then\n"
	"\t_astro \"$@\"\n"
	"else\n"
	"\tcompdef _astro astro\n"
	"fi\n";

void completion_bash(void)
{
	(void)printf("# Completion of astro for bash, by `astro completion "
	             "bash`.\n\n");
	completion_tables(&shell, PREFIX);
	(void)fputs(common, stdout);
	(void)fputs(bash_driver, stdout);
}

void completion_zsh(void)
{
	(void)printf("#compdef astro\n"
	             "# Completion of astro for zsh, by `astro completion "
	             "zsh`.\n\n");
	completion_tables(&shell, PREFIX);
	(void)fputs(common, stdout);
	(void)fputs(zsh_driver, stdout);
}
