# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Making the guest: a kernel of Debian's, and a root file system of files from
# Debian's packages, kept in the build directory until a package changes. What
# this project builds is packed behind it, anew every time.
# For tests/vm/run, which has sourced tests/lib.sh and set BUILD and VM.

# Those of guest/init.sh, which loads them, and of guest/lib.sh. A small kernel has no igb, one of
# Debian 13 has vfio_virqfd in vfio.
GUEST_MODULES=(irqbypass vfio vfio_iommu_type1 vfio-pci-core vfio-pci)
OTHER_MODULES=(vfio_virqfd dca i2c-algo-bit igb)
# Of a kernel's package, what they are among; the rest is many times as large.
KERNEL_PARTS=(./boot kernel/drivers/vfio kernel/virt kernel/drivers/dca kernel/drivers/i2c/algos
	kernel/drivers/net/ethernet/intel/igb)
GUEST_PMDS=(bus_pci bus_vdev mempool_ring crypto_virtio net_e1000 net_virtio net_vmxnet3 net_null net_ring)
GUEST_PROGRAMS=(/usr/bin/dpdk-testpmd /usr/bin/numactl /usr/bin/setpriv)
LIBS_AT=/usr/lib/x86_64-linux-gnu

# kernel_name PACKAGE: the package that it stands for; empty if not known.
kernel_name()
{
	apt-cache depends "$1" 2>/dev/null | awk '$1 == "Depends:" { print $2; exit }'
}

# kernel_unpack DEB DIRECTORY
kernel_unpack()
{
	mkdir -p "$2"
	dpkg-deb --fsys-tarfile "$1" |
		tar -C "$2" --wildcards --no-wildcards-match-slash -x "${KERNEL_PARTS[@]/#kernel/./lib/modules/*/kernel}" \
			"${KERNEL_PARTS[@]/#kernel/./usr/lib/modules/*/kernel}" 2>/dev/null
	compgen -G "$2/boot/vmlinuz-*" >/dev/null
}

# kernel_fetch NAME DIRECTORY: download and unpack, nothing is installed. Others that
# lie beside it are of no use any more.
kernel_fetch()
{
	local work
	work=$(mktemp -d "$VM/fetch.XXXXXX") || return 1
	if (cd "$work" && timeout 300 apt-get download -q "$1" >fetch.log 2>&1) &&
		kernel_unpack "$work/$1"_*.deb "$work/unpacked"; then
		rm -rf "$(dirname "$2")"
		mkdir -p "$(dirname "$2")"
		mv "$work/unpacked" "$2"
	fi
	rm -rf "$work"
	[[ -d $2 ]]
}

# kernel_unpacked PACKAGE: prints the directory of the kernel, fetched unless it is there.
kernel_unpacked()
{
	local name dir
	name=$(kernel_name "$1")
	dir=$VM/$1/$name
	[[ -n $name ]] || return 1
	[[ -d $dir ]] || kernel_fetch "$name" "$dir" || return 1
	printf '%s\n' "$dir"
}

# guest_kernel PACKAGE: sets KERNEL and MODULES. Returns 1 if there is none to be had.
guest_kernel()
{
	local dir
	# The lists may be older than what the archive has.
	dir=$(kernel_unpacked "$1") ||
		dir=$(timeout 300 apt-get update -q >/dev/null 2>&1; kernel_unpacked "$1") ||
		dir=$(printf '%s\n' "$VM/$1"/linux-image-* | tail -n 1)
	[[ -d $dir ]] || return 1
	KERNEL=$(printf '%s\n' "$dir"/boot/vmlinuz-* | tail -n 1)
	MODULES=$(find "$dir" -path '*/lib/modules/*' -prune | tail -n 1)
	[[ -e $KERNEL && -d $MODULES ]]
}

# qemu_with DEVICE: is there one in this QEMU?
qemu_with()
{
	grep -q "^name \"$1\"," <<<"$("${QEMU[@]}" -device help 2>/dev/null)"
}

# qemu_of RELEASE: QEMU becomes that of another release of Debian, of files alone.
# Returns 1 with REASON.
# shellcheck disable=SC2034 # REASON is for tests/vm/run
qemu_of()
{
	local root=$VM/qemu-$1 libs=$VM/qemu-$1$LIBS_AT
	if [[ ! -d $root ]]; then
		install_optional mmdebstrap || { REASON="mmdebstrap cannot be installed" && return 1; }
		note "fetching the QEMU of $1"
		rm -rf "$root.part"
		limited 600 "$LOGS/qemu-$1.log" mmdebstrap --variant=extract --include=qemu-system-x86 \
			--aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Check-Valid-Until "false"' \
			"$1" "$root.part" "$(debian_mirror)" && mv "$root.part" "$root"
	fi
	[[ -d $root ]] || { REASON="the QEMU of $1 cannot be fetched (log: $LOGS/qemu-$1.log)" && return 1; }
	QEMU=(env "QEMU_MODULE_DIR=$libs/qemu" "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libs"
		"$root/usr/bin/qemu-system-x86_64" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios")
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
	local root=$1
	mkdir -p "$root"/{bin,dev,etc,proc,sys,tmp,run,root,modules,usr/bin,lib64,vm,dev/hugepages} \
		"$root/var" || return 1
	ln -sfn ../run "$root/var/run"
	ln -sfn usr/lib "$root/lib"
	mkdir -p "$root$LIBS_AT"
	cp /bin/busybox "$root/bin/"
	cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
	pack_library "$LIBS_AT/libgcc_s.so.1" "$root"
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
	dpkg-query -W -f '${Package} ${Version}\n' libdpdk-dev dpdk-dev busybox-static numactl util-linux libc6 \
		2>/dev/null
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
	pack_closure "$root" "${GUEST_PROGRAMS[@]}" "$PMDS_AT"/librte_{crypto_virtio,net_e1000,net_virtio,net_vmxnet3,net_null}.so
	ldconfig -r "$root" 2>/dev/null
	pack_archive "$root" "$BASE.new" && mv "$BASE.new" "$BASE"
	rm -rf "$root"
	[[ -e $BASE ]]
}

# pack_module ROOT NAME: of the kernel that is booted; the guest loads what is not compressed.
pack_module()
{
	local file
	file=$(find "$MODULES" -name "$2.ko" -o -name "$2.ko.xz")
	[[ -n $file ]] && cp "$file" "$1/modules/" || return 1
	[[ $file == *.ko ]] || xz -d "$1/modules/$2.ko.xz"
}

# pack_modules ROOT
pack_modules()
{
	local module
	mkdir -p "$1/modules"
	for module in "${GUEST_MODULES[@]}"; do
		pack_module "$1" "$module" || return 1
	done
	for module in "${OTHER_MODULES[@]}"; do
		pack_module "$1" "$module"
	done
	return 0
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
		chmod +x "$root/init" && pack_modules "$root" || return 1
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
