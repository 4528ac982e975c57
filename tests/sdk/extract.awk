# Blocks of code out of a page of Markdown, by the word behind the language:
#   awk -v want="sh guide" -f extract.awk PAGE           all of them, joined
#   awk -v into=FOLDER -f extract.awk PAGE               each in a file there
# With INTO: "c file=NAME" (or cpp, or cmake) is FOLDER/NAME, "c prelude" is
# FOLDER/prelude.h, and "c snippet" FOLDER/snippet_N.c.  A block of code without
# a word is an error: nothing would compile it.
/^```./ && !inside {
	inside = 1
	label = substr($0, 4)
	split(label, words, " ")
	target = ""
	if (into == "")
		next
	if (words[2] ~ /^file=/) {
		target = into "/" substr(words[2], 6)
	} else if (label == "c prelude") {
		target = into "/prelude.h"
	} else if (label == "c snippet") {
		target = into "/snippet_" ++snippets ".c"
		print "#include \"prelude.h\"" > target
		print "#line " NR + 1 " \"" FILENAME "\"" > target
	} else if (words[1] ~ /^(c|cpp|cmake)$/) {
		print FILENAME ":" NR ": what is this block for?" > "/dev/stderr"
		failed = 1
	}
	next
}
/^```$/ && inside {
	inside = 0
	if (target != "")
		close(target)
	next
}
inside && into == "" && label == want
inside && target != "" { print > target }
END { exit failed }
