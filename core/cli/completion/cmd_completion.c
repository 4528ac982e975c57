/* SPDX-License-Identifier: Apache-2.0 */
/* astro completion */
#include <string.h>

#include "completion.h"
#include "error.h"

static const char text_completion[] =
	"The script goes to standard output.  It is installed with astro; for "
	"a copy\nthat is not, put into your shell's start-up file:\n\n"
	"  bash:  source <(astro completion bash)\n"
	"  zsh:   source <(astro completion zsh)     (after compinit)\n"
	"  fish:  astro completion fish | source\n\n"
	"Contexts and providers are completed by `astro context list` and "
	"`astro\nprovider list`; no server is asked.";

static int run_completion(const struct options *options,
                          struct astro_error *err)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = {
		{"bash", completion_bash},
		{"zsh", completion_zsh},
		{"fish", completion_fish},
	};
	size_t i;

	for (i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(options->operands[0], shells[i].name) != 0)
			continue;
		shells[i].print();
		return ASTRO_OK;
	}
	return options_refuse(options, err,
	                      "there is no completion for %s: bash, zsh and "
	                      "fish have one",
	                      options->operands[0]);
}

const struct command command_completion = {
	.name = "completion",
	.summary = "Print the completion script for a shell",
	.operands = "bash|zsh|fish",
	.operands_min = 1,
	.operands_max = 1,
	.text = text_completion,
	.run = run_completion,
};
