# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Taking documentation apart, and holding its lists against those of the code.
# Part of check_docs.sh.
# shellcheck disable=SC2154,SC2034 # variables of check_docs.sh, and for it
# shellcheck disable=SC2016 # backticks are those of the pages

# make_work: sets WORK, in which commands of the documentation work as they
# stand: build/ and the files of the project are there.
make_work()
{
	local entry
	find_plugin "$BUILD"
	trusted_dir "$BUILD"
	WORK=$(mktemp -d "$TRUSTED/docs.XXXXXX") || die "cannot write to $TRUSTED"
	at_exit rm -rf "$WORK"
	for entry in README.md app config docs drivers lib tests; do
		ln -s "$REPO/$entry" "$WORK/$entry"
	done
	mkdir -p "$WORK/build/drivers/mempool/labyrinth" "$WORK/blocks"
	ln -s "$BUILD/app" "$BUILD/tests" "$WORK/build/"
	cp -L "$PLUGIN" "$WORK/build/drivers/mempool/labyrinth/"
	# As if installed.
	export PKG_CONFIG_PATH=$BUILD/meson-uninstalled
	export LD_LIBRARY_PATH=$BUILD/drivers/mempool/labyrinth:$BUILD/lib/labyrinth
	while read -r entry; do
		at_exit del_eal_dir "${entry#*=}"
	done < <(grep -ohE -- '--file-prefix=[a-z]+' "${PAGES[@]}" | sort -u)
}

# fences PAGE LANGUAGES DIRECTORY: each fence a file in the directory.
fences()
{
	rm -f "$3"/*
	awk -v languages="^\`\`\`($2)$" -v dir="$3" '
		$0 ~ languages && !inside { inside = 1; file = sprintf("%s/%03d", dir, ++n); next }
		/^```/ { if (inside) close(file); inside = 0; next }
		inside { print > file }' "$1"
}

commands_of()
{
	sed -n 's/^\$ //p' "$1"
}

output_of()
{
	grep -v '^\$ ' "$1"
}

# normal: numbers, addresses and blanks do not count.
normal()
{
	sed -E 's/0x[0-9a-f]+/N/g; s/[0-9]+(\.[0-9]+)?/N/g; s/[[:space:]]+/ /g; s/^ //; s/ $//'
}

# needs_what_is_not_there BLOCK: sets MISSING.
needs_what_is_not_there()
{
	if ((HUGE == 0)) && grep -q -- --in-memory "$1"; then
		MISSING="no huge pages"
	elif (($(nproc) < 2)) && grep -q -- '-l 0,1' "$1"; then
		MISSING="only one CPU"
	else
		return 1
	fi
}

# examples_of PAGE DIRECTORY: C fences under the name in their first line, and
# the text fence behind each as NAME.expected.
examples_of()
{
	awk -v dir="$2" '
		/^```c$/ { inside = 1; first = 1; next }
		/^```text$/ && waiting { inside = 2; file = dir "/" waiting ".expected"; waiting = ""; next }
		/^```/ { if (inside) close(file); inside = 0; next }
		inside == 1 && first {
			if (!match($0, /^\/\* [a-z_]+\.c \*\/$/)) { print "no name: " $0 > "/dev/stderr" }
			waiting = substr($2, 1, length($2) - 2); file = dir "/" $2; first = 0
		}
		inside { print > file }' "$1"
}

example_flags()
{
	if grep -q rte_mempool_labyrinth.h "$1"; then
		pkg-config --cflags --libs librte_mempool_labyrinth
	else
		pkg-config --cflags --libs liblabyrinth
	fi
}

# contains_lines LOG LINES: each line exactly.
contains_lines()
{
	local line
	while IFS= read -r line; do
		grep -qxF -- "$line" "$1" || { note "not printed: $line" && return 1; }
	done <"$2"
}

# check_same NAME A B: two lists of lines; order and repetition do not count.
check_same()
{
	local differ
	differ=$(diff <(sort -u <<<"$2") <(sort -u <<<"$3") | sed -n 's/^[<>]/&/p' | tr '\n' ' ')
	if [[ -z $2 ]]; then
		not_ok "$1: nothing found"
	elif [[ -n $differ ]]; then
		not_ok "$1: $differ"
	else
		ok "$1 ($(sort -u <<<"$2" | wc -l))"
	fi
}

# check_none NAME LINES: nothing may be left.
check_none()
{
	if [[ -z $2 ]]; then ok "$1"; else not_ok "$1: $(tr '\n' ' ' <<<"$2")"; fi
}

# --- language ---------------------------------------------------------------

# Words of code that codespell takes for misspelt ones.
CODE_WORDS=fro,get\'s,smove,nin,regist

test_prose()
{
	local page
	local -a english
	english=("${PAGES[@]}" "$RST")
	check "the check of language finds what it is there for" \
		tests/docs/prose.py --self-test tests/docs/words.txt
	check_none "plain English: words of tests/docs/words.txt, sentences of 45 words at most" \
		"$(tests/docs/prose.py tests/docs/words.txt "${english[@]}" 2>&1)"
	if install_optional codespell; then
		check_none "spelling, in pages and sources" "$(codespell -L "$CODE_WORDS" --skip='*.svg,*.png' \
			README.md docs config lib drivers app demo.sh test.sh tests/*/*.[ch] tests/*/*.sh 2>&1)"
	else
		skip "spelling" "no codespell, and it cannot be installed"
	fi
}

test_site()
{
	local log=$LOGS/site.log
	if ! install_optional mkdocs; then
		skip "the site" "no mkdocs, and it cannot be installed"
		return
	fi
	limited 60 "$log" tests/docs/site.sh "$WORK/site"
	check_eq "the site is made, every link of it leads somewhere" "$?" 0 "$log"
	check "the site has a page for each page" test \
		"$(find "$WORK/site/html" -name '*.html' ! -name 404.html | wc -l)" -eq "${#PAGES[@]}"
}

# --- links and paths --------------------------------------------------------

# Headings of a page as the anchors they make.
anchors()
{
	sed -nE 's/^#+ //p' "$1" | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

broken_links()
{
	local page link file anchor
	for page in "${PAGES[@]}"; do
		while read -r link; do
			[[ $link == *://* ]] && continue
			file=${link%%#*}
			anchor=
			[[ $link == *#* ]] && anchor=${link#*#}
			file=${file:+$(dirname "$page")/$file}
			file=${file:-$page}
			[[ -e $file ]] || { echo "$page -> $link" && continue; }
			[[ -z $anchor ]] || anchors "$file" | grep -qxF -- "$anchor" || echo "$page -> $link"
		done < <(grep -oE '\]\([^) ]+\)' "$page" | sed 's/^](//; s/)$//')
	done
}

test_links()
{
	check_none "links lead somewhere" "$(broken_links)"
	check_none "every page is linked from another" "$(unlinked_pages)"
}

unlinked_pages()
{
	local page
	local -a others
	for page in "${PAGES[@]}"; do
		[[ $page == README.md ]] && continue
		mapfile -t others < <(printf '%s\n' "${PAGES[@]}" | grep -vxF "$page")
		grep -qE "\]\(([a-z./-]*/)?$(basename "$page")[#)]" "${others[@]}" || echo "$page"
	done
}

missing_paths()
{
	local path
	while read -r path; do
		[[ -e $path ]] || echo "$path"
	done < <(grep -ohE '`(lib|drivers|app|config|tests|docs)/[A-Za-z0-9_./-]+`' "${PAGES[@]}" |
		tr -d '`' | sort -u)
}

# sources PATTERN TREE...: files of these trees with such names.
sources()
{
	local pattern=$1
	shift
	find "$@" -name "$pattern" | sort
}

# Files of the two parts that no line of the architecture tells of.
untold_files()
{
	local file
	sources '*.c' lib/labyrinth drivers/mempool/labyrinth | while read -r file; do
		grep -qF "$file" docs/architecture.md || echo "$file"
	done
}

test_paths()
{
	check_none "files that are named exist" "$(missing_paths)"
	check_none "the architecture tells of every source file" "$(untold_files)"
}

# Words of tests/docs/words.txt that the project had of its own, in code and its comments.
own_words()
{
	sources '*.[ch]' lib drivers app | xargs grep -noiE \
		'(^|[^a-z])(deeds?|astray|strays?|spoil(t|ed)|settle[sd]?|rob(s|bed)?|loot|visit(s|ed)?|quick way)([^a-z]|$)'
}

test_layers()
{
	local layers
	layers=$(tests/check_layers.py --page docs/architecture.md "$BUILD" 2>&1)
	check_none "the library includes nothing of DPDK" \
		"$(sources '*.[ch]' lib/labyrinth | xargs grep -lE '#include [<"]rte_')"
	check_none "code uses the words of the field" "$(own_words)"
	check_none "files use lower layers only, without circles" \
		"$(grep -v ', 0 problems$' <<<"$layers")"
	check "the check of layers came to its end" grep -q ', 0 problems$' <<<"$layers"
}

# --- lists ------------------------------------------------------------------

# rows PAGE HEADER: first column of the table under that header, code in it only.
rows()
{
	awk -v header="$2" -F'|' '
		index($0, header) == 1 { inside = 1; next }
		inside && !/^\|/ { inside = 0 }
		inside && !/^\|-/ { print $2 }' "$1" | grep -oE '`[^`]+`' | tr -d '`'
}

option_table()
{
	awk '/^static const struct option option_table/ { inside = 1 } inside && /^};/ { exit } inside' \
		drivers/mempool/labyrinth/options/labyrinth_options.c | tr '\n\t' '  '
}

test_options()
{
	local keys guide='| key | allowed |' key allowed value
	keys=$(option_table | grep -oE '\{ *"[a-z-]+"' | grep -oE '[a-z-]+')
	check_same "options: code and README.md" "$keys" "$(rows README.md '| key |')"
	check_same "options: code and docs/user-guide.md" "$keys" "$(rows docs/user-guide.md "$guide")"
	check_same "options: code and config/labyrinth.ini" "$keys" \
		"$(sed -nE 's/^([a-z-]+) *=.*/\1/p' config/labyrinth.ini)"
	for key in $keys; do
		allowed=$(option_table | grep -oE "\"$key\", *\"[^\"]*\"" | sed -E 's/.*, *"(.*)"/\1/')
		check "option $key: allowed values as in the code ($allowed)" \
			grep -qF "| \`$key\` | $allowed |" docs/user-guide.md
		value=$(sed -nE "s/^$key *= *//p" config/labyrinth.ini)
		check "option $key: one default ($value)" same_default "$key" "$value"
	done
	check_same "environment variables" \
		"$(sources '*.c' drivers/mempool/labyrinth | xargs grep -ohE '"LABYRINTH_[A-Z]+"' | tr -d '"')" \
		"$(grep -ohE '`LABYRINTH_(CONFIG|OPTIONS)`|LABYRINTH_[A-Z]+=[a-z]' docs/user-guide.md | grep -oE 'LABYRINTH_[A-Z]+')"
}

same_default()
{
	grep -qE "^\| \`$1\` \| $2 \|" README.md &&
		grep -qE "^\| \`$1\` \| .* \| $2 \| " docs/user-guide.md
}

test_forwarder()
{
	local help
	help=$("$BUILD/app/labyrinth-fwd/labyrinth-fwd" --help)
	check_same "options of labyrinth-fwd: --help and the guide" \
		"$(grep -oE '^  --[a-z-]+' <<<"$help" | tr -d ' ')" \
		"$(rows docs/user-guide.md '| option |' | grep -oE '^--[a-z-]+')"
	check_same "modes of labyrinth-fwd: --help and the guide" \
		"$(sed -n '/^Forward modes:/,/^$/p' <<<"$help" | sed -nE 's/^  ([a-z0-9]+) .*/\1/p')" \
		"$(grep -F '`--forward-mode=MODE`' docs/user-guide.md | cut -d'|' -f3 | grep -oE '`[a-z0-9]+`' | tr -d '`')"
}

# What telemetry can be asked, by the code.
telemetry_commands()
{
	tr -d '\n' <drivers/mempool/labyrinth/telemetry/labyrinth_telemetry.c |
		grep -oE 'register_cmd\("[^"]+"' | cut -d'"' -f2
}

# The fields of its answers: those added one by one, and arrays.
telemetry_fields()
{
	sources 'labyrinth_telemetry*.c' drivers/mempool/labyrinth | xargs cat | tr -d '\n\t' |
		grep -oE '(add_dict_[a-z]+|labyrinth_tel_u?ints|labyrinth_tel_add|add_address|add_place)\([a-z]+, *"[a-z_]+"' | cut -d'"' -f2
}

test_telemetry()
{
	local page=docs/telemetry.md
	check_same "telemetry commands: code and $page" "$(telemetry_commands)" \
		"$(grep -oE '`/labyrinth/[a-z]+' $page | tr -d '`')"
	check_same "telemetry fields: code and $page" "$(telemetry_fields)" \
		"$(rows $page '| field |'; echo violations)"
	check_same "trace points: code and $page" \
		"$(grep -ohE 'mempool\.labyrinth\.[a-z]+' drivers/mempool/labyrinth/reports/labyrinth_trace_points.c)" \
		"$(rows $page '| event |')"
}

test_map()
{
	check_same "options of labyrinth-map: --help and the guide" \
		"$("$BUILD/app/labyrinth-map/labyrinth-map" --help | grep -oE '^  --[a-z-]+' | tr -d ' ')" \
		"$(rows docs/user-guide.md '| map option |' | grep -oE '^--[a-z-]+')"
}

# The driver's page in DPDK's form: the same options and commands, and plain
# enough for DPDK's style: no tab, no line above 100 characters.
test_rst()
{
	local key
	check_same "options: code and $RST" "$(option_table | grep -oE '\{ *"[a-z-]+"' | grep -oE '[a-z-]+')" \
		"$(sed -nE 's/^``([a-z-]+)`` : .*/\1/p' "$RST")"
	while read -r key; do
		check "option $key: default as in the INI file" grep -qE \
			"^\`\`$key\`\` : .*; default \`\`$(sed -nE "s/^$key *= *//p" config/labyrinth.ini)\`\`$" "$RST"
	done < <(sed -nE 's/^([a-z-]+) *= .*/\1/p' config/labyrinth.ini)
	check_same "telemetry commands: code and $RST" "$(telemetry_commands)" \
		"$(grep -oE '^``/labyrinth/[a-z]+' "$RST" | tr -d '`')"
	check_none "$RST: lines that are too long, or with a tab" "$(grep -nE '^.{101,}$|	' "$RST")"
	check_none "$RST: headings whose line is not as long as they are" "$(awk '
		/^[=~-]+$/ && length(before) > 0 && before !~ /^=/ && length($0) != length(before) { print before }
		{ before = $0 }' "$RST")"
}

# All string literals of the sources, those in pieces put together.
literals()
{
	sources '*.c' lib/labyrinth drivers/mempool/labyrinth app/labyrinth-map | xargs cat | tr '\n' ' ' |
		sed -E 's/"[[:space:]]*(PRI[a-z0-9]+)[[:space:]]*"/u/g; s/"[[:space:]]+"//g; s/\\"/"/g'
}

# said MESSAGE: is each piece between the … in one of the code's messages?
said()
{
	local piece rest=$1
	while [[ -n $rest ]]; do
		piece=${rest%%…*}
		[[ $rest == *…* ]] && rest=${rest#*…} || rest=
		[[ -z $piece ]] || grep -qF -- "$piece" "$WORK/literals" || { note "not said: $piece" && return 1; }
	done
}

test_messages()
{
	local message kind
	literals >"$WORK/literals"
	while IFS= read -r message; do
		check "message of the code: $message" said "$message"
	done < <(sed -nE 's/^### `(.*)`$/\1/p; s/^- `([^`]+)`: .*/\1/p' docs/troubleshooting.md)
	while IFS= read -r kind; do
		check "kind of violation is explained: $kind" \
			grep -rqF -- "\`$kind\`" docs/mitigations docs/troubleshooting.md docs/user-guide.md
	done < <(sed -nE 's/^\t\t\[LABYRINTH_[A-Z_]+\] = "(.*)",/\1/p' lib/labyrinth/frames/violation.c)
}

# The page about tests in a virtual machine has every case, with what it proves.
test_vm_cases()
{
	local name machine proves
	while read -r name machine proves; do
		check "case of tests/vm/run: $name" \
			grep -qF -- "| \`$name\` | $machine | $proves |" docs/vm-tests.md
	done < <(tests/vm/run --list)
}
