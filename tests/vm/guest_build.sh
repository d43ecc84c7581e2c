# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Making the guest: a kernel of Debian's, and a root file system of files from
# Debian's packages, kept in the build directory until a package changes. What
# this project builds is packed behind it, anew every time.
# For tests/vm/run, which has sourced tests/lib.sh and set BUILD and VM.

KERNEL_PACKAGE=linux-image-cloud-amd64
# In the order they are loaded in.
GUEST_MODULES=(irqbypass vfio vfio_virqfd vfio_iommu_type1 vfio-pci-core vfio-pci)
GUEST_PMDS=(bus_pci bus_vdev mempool_ring net_e1000 net_virtio net_vmxnet3 net_null net_ring)
GUEST_PROGRAMS=(/usr/bin/dpdk-testpmd /usr/bin/numactl)
LIBS_AT=/usr/lib/x86_64-linux-gnu

# kernel_name: the package that KERNEL_PACKAGE stands for; empty if not known.
kernel_name()
{
	apt-cache depends "$KERNEL_PACKAGE" 2>/dev/null | awk '$1 == "Depends:" { print $2; exit }'
}

# kernel_fetch NAME DIRECTORY: download and unpack, nothing is installed.
kernel_fetch()
{
	local work
	work=$(mktemp -d "$VM/fetch.XXXXXX") || return 1
	if (cd "$work" && timeout 300 apt-get download -q "$1" >fetch.log 2>&1 &&
		dpkg -x "$1"_*.deb unpacked); then
		rm -rf "$2"
		mv "$work/unpacked" "$2"
	fi
	rm -rf "$work"
	[[ -d $2 ]]
}

# kernel_unpacked: prints the directory of the kernel, fetched unless it is there.
kernel_unpacked()
{
	local name
	name=$(kernel_name)
	[[ -n $name ]] || return 1
	[[ -d $VM/$name ]] || kernel_fetch "$name" "$VM/$name" || return 1
	printf '%s\n' "$VM/$name"
}

# guest_kernel: sets KERNEL and MODULES. Returns 1 if there is none to be had.
guest_kernel()
{
	local dir
	# The lists may be older than what the archive has.
	dir=$(kernel_unpacked) ||
		dir=$(timeout 300 apt-get update -q >/dev/null 2>&1; kernel_unpacked) ||
		dir=$(printf '%s\n' "$VM"/linux-image-* | tail -n 1)
	[[ -d $dir ]] || return 1
	KERNEL=$(printf '%s\n' "$dir"/boot/vmlinuz-* | tail -n 1)
	MODULES=$(printf '%s\n' "$dir"/lib/modules/* | tail -n 1)
	[[ -e $KERNEL && -d $MODULES ]]
}

# pack_library FILE ROOT [DIRECTORY]: one inode for each, and a link of the name
# it is looked for by: EAL must not meet a library twice.
pack_library()
{
	local real soname to=$2${3:-$LIBS_AT}
	real=$(realpath "$1")
	soname=$(basename "$1")
	mkdir -p "$to"
	cp -n "$real" "$to/"
	[[ $soname == "$(basename "$real")" ]] || ln -sfn "$(basename "$real")" "$to/$soname"
}

# pack_closure ROOT FILE...: every library these need. Drivers among them that EAL
# is not to load by itself lie with the libraries.
pack_closure()
{
	local root=$1 library
	shift
	while read -r library; do
		[[ -e $root$PMDS_AT/$(basename "$library") ]] || pack_library "$library" "$root"
	done < <(ldd "$@" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u)
}

# pack_tree ROOT: the directories, busybox and the loader's files.
pack_tree()
{
	local root=$1 module
	mkdir -p "$root"/{bin,dev,etc,proc,sys,tmp,run,root,modules,usr/bin,lib64,vm,dev/hugepages} \
		"$root/var" || return 1
	ln -sfn ../run "$root/var/run"
	ln -sfn usr/lib "$root/lib"
	mkdir -p "$root$LIBS_AT"
	cp /bin/busybox "$root/bin/"
	cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
	pack_library "$LIBS_AT/libgcc_s.so.1" "$root"
	for module in "${GUEST_MODULES[@]}"; do
		cp "$(find "$MODULES" -name "$module.ko")" "$root/modules/" || return 1
	done
	printf '%s\n' "$LIBS_AT" "$PMDS_AT" >"$root/etc/ld.so.conf"
	printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
}

# pack_archive ROOT FILE
pack_archive()
{
	(cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0) >"$2"
}

# base_stamp: of everything the base is made from.
base_stamp()
{
	dpkg-query -W -f '${Package} ${Version}\n' libdpdk-dev dpdk-dev busybox-static numactl libc6 \
		2>/dev/null
	basename "$KERNEL"
	cat "${BASH_SOURCE[0]}"
}

# guest_base: sets BASE, made from packages alone. Returns 1 if a part is missing.
guest_base()
{
	local root pmd
	rm -rf "$VM"/root.* "$VM"/fetch.*
	PMDS_AT=$(strings -n 8 "$LIBS_AT"/librte_eal.so.*.* 2>/dev/null | grep -m 1 '^/.*/pmds-')
	[[ -d $PMDS_AT ]] || return 1
	BASE=$VM/base-$(base_stamp | sha256sum | cut -c1-16).cpio
	[[ -e $BASE ]] && return 0
	note "packing the guest"
	rm -f "$VM"/base-*.cpio
	root=$(mktemp -d "$VM/root.XXXXXX") || return 1
	pack_tree "$root" || return 1
	for pmd in "${GUEST_PMDS[@]}"; do
		pack_library "$(printf '%s\n' "$PMDS_AT/librte_$pmd.so".*[0-9] | sort | head -n 1)" \
			"$root" "$PMDS_AT"
	done
	cp -L "${GUEST_PROGRAMS[@]}" "$root/usr/bin/"
	pack_closure "$root" "${GUEST_PROGRAMS[@]}" "$PMDS_AT"/librte_{net_e1000,net_virtio,net_vmxnet3,net_null}.so
	ldconfig -r "$root" 2>/dev/null
	pack_archive "$root" "$BASE.new" && mv "$BASE.new" "$BASE"
	rm -rf "$root"
	[[ -e $BASE ]]
}

# guest_initrd FILE CASES: the base, then what this build made and what is to be run.
guest_initrd()
{
	local root
	root=$(mktemp -d "$VM/root.XXXXXX") || return 1
	mkdir -p "$root/vm"
	cp "$BUILD/tests/vm/vmtest" "$BUILD/app/labyrinth-fwd/labyrinth-fwd" \
		"$BUILD/drivers/mempool/labyrinth/librte_mempool_labyrinth.so" \
		"$REPO"/tests/vm/guest/*.sh "$root/vm/" &&
		ln -s librte_mempool_labyrinth.so "$root/vm/librte_mempool_labyrinth.so.0" &&
		cp "$2" "$root/vm/cases" && cp "$REPO/tests/vm/guest/init.sh" "$root/init" &&
		chmod +x "$root/init"
	pack_closure_missing "$root" "$root"/vm/{vmtest,labyrinth-fwd,librte_mempool_labyrinth.so}
	pack_archive "$root" "$root.cpio" && cat "$BASE" "$root.cpio" >"$1"
	rm -rf "$root" "$root.cpio"
	[[ -e $1 ]]
}

# pack_closure_missing ROOT FILE...: libraries of ours that the base lacks.
pack_closure_missing()
{
	local root=$1 library has
	shift
	has=$(cpio --quiet -t <"$BASE")
	while read -r library; do
		grep -q "/$(basename "$library")\$" <<<"$has" || pack_library "$library" "$root"
	done < <(ldd "$@" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' |
		grep -v librte_mempool_labyrinth | sort -u)
}
