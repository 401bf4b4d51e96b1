/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenhost-mkpayload makes a signed source of an ext4 image and a few facts; not shipped. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sys/stat.h>

#include "common/error.h"
#include "common/fsroot.h"
#include "common/str.h"
#include "installer/payload/image_map.h"
#include "installer/payload/image_pack.h"
#include "installer/payload/manifest.h"

#define KEY_MAX_BYTES  ((uint64_t)64 << 10)
#define INFO_MAX_BYTES MIB

static const char usage[] =
	"Usage: xenhost-mkpayload --image IMAGE --info FILE --key KEY --out DIR\n"
	"       xenhost-mkpayload --public KEY\n"
	"       xenhost-mkpayload --generate-key FILE\n"
	"Makes a source that xenhost-install can install from: manifest.json, manifest.sig\n"
	"and root.img.chunks in DIR.\n"
	"\n"
	"  --image IMAGE        a clean ext4 image, 4 KiB blocks, metadata_csum_seed\n"
	"  --info FILE          JSON with the manifest's members but schema and image\n"
	"  --key KEY            Ed25519 private key (PEM) to sign with\n"
	"  --out DIR            where the three files go; must exist\n"
	"  --level N            zstd level, 1 to 22 (default 3)\n"
	"  --threads N          threads to compress with (default: one a processor)\n"
	"  --public KEY         print the public key (PEM) of KEY\n"
	"  --generate-key FILE  write a new private key; FILE must not exist\n"
	"  --help, --version\n";

struct options {
	const char *image, *info, *key, *out, *public, *generate;
	unsigned level, threads;
};

struct packing {
	const struct image_map *map;
	int fd;
};

static int read_file(const char *path, uint64_t max, char **ret, size_t *ret_length,
		     struct error **err)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_free_ char *full = realpath(path, NULL);
	int r = full ? fsroot_open("/", &root) : -errno;

	if (r == 0)
		r = fsroot_read(root, full, max, ret, ret_length);
	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "cannot read %s", path);
	return 0;
}

static int read_key(const char *path, struct signature_key **ret, struct error **err)
{
	_cleanup_free_ char *pem = NULL;
	size_t length;
	int r;

	r = read_file(path, KEY_MAX_BYTES, &pem, &length, err);
	if (r < 0)
		return r;
	r = signature_key_parse(pem, length, ret, err);
	explicit_bzero(pem, length);
	return r < 0 ? error_prefix(err, "cannot use the key %s", path) : 0;
}

static int print_public(const char *path, struct error **err)
{
	_cleanup_(signature_key_freep) struct signature_key *key = NULL;
	_cleanup_free_ char *pem = NULL;
	int r;

	r = read_key(path, &key, err);
	if (r < 0)
		return r;
	pem = signature_key_public_pem(key);
	fputs(pem, stdout);
	return 0;
}

static int generate_key(const char *path, struct error **err)
{
	_cleanup_(signature_key_freep) struct signature_key *key = NULL;
	_cleanup_free_ char *pem = NULL;
	_cleanup_close_ int fd = -1;
	int r;

	r = signature_key_generate(&key);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot make a key");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, ERROR_USAGE, errno, "cannot create %s", path);
	pem = signature_key_private_pem(key);
	r = write(fd, pem, strlen(pem)) == (ssize_t)strlen(pem) ? 0 : -EIO;
	explicit_bzero(pem, strlen(pem));
	if (r < 0 || fsync(fd) < 0) {
		unlink(path);
		return error_errno(err, ERROR_USAGE, r < 0 ? r : errno, "cannot write %s", path);
	}
	return 0;
}

static int fill(const struct source_chunk *chunk, void *buffer, void *data, struct error **err)
{
	const struct packing *packing = data;

	return image_map_fill(packing->map, packing->fd, chunk, buffer, err);
}

static void show_progress(uint64_t done, uint64_t total, void *data _unused_)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\rcompressing: %llu of %llu MiB%s",
			(unsigned long long)(done / MIB), (unsigned long long)(total / MIB),
			done == total ? "\n" : "");
}

/* The chunk file; it appears under its name only when it is whole. */
static int pack_image(const struct options *options, const struct image_map *map,
		      struct source *source, struct error **err)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", options->out, MANIFEST_IMAGE);
	_cleanup_free_ char *part = xasprintf("%s.part", path);
	_cleanup_close_ int in = open(options->image, O_RDONLY | O_CLOEXEC), out = -1;
	struct packing packing = {.map = map, .fd = in};
	struct image_pack pack = {.level = (int)options->level,
				  .threads = options->threads,
				  .fill = fill,
				  .on_progress = show_progress,
				  .data = &packing};
	int r;

	if (in < 0)
		return error_errno(err, ERROR_USAGE, errno, "cannot read %s", options->image);
	out = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (out < 0)
		return error_errno(err, ERROR_USAGE, errno, "cannot create %s", part);
	r = image_map_chunks(map, in, &source->chunks, &source->n_chunks, err);
	if (r < 0)
		return r;
	pack.chunks = source->chunks;
	pack.n_chunks = source->n_chunks;
	r = image_pack_write(&pack, out, &source->data_bytes, &source->transfer_bytes, err);
	if (r < 0)
		return r;
	if (rename(part, path) < 0)
		return error_errno(err, ERROR_USAGE, errno, "cannot write %s", path);
	return 0;
}

static char *signature_line(const struct signature_key *key, const char *text, struct error **err)
{
	_cleanup_free_ char *base64 = NULL;
	uint8_t signature[SIGNATURE_BYTES];
	int r;

	r = signature_sign(key, text, strlen(text), signature);
	if (r < 0) {
		error_set(err, ERROR_USAGE, "the key cannot sign: is it a private key?");
		return NULL;
	}
	base64 = base64_encode(signature, sizeof(signature));
	return xasprintf("%s %s\n", signature_key_id(key), base64);
}

static int write_manifest(const struct options *options, const struct signature_key *key,
			  const char *text, struct error **err)
{
	_cleanup_free_ char *line = signature_line(key, text, err);
	_cleanup_fsroot_ struct fsroot *out = NULL;
	int r;

	if (!line)
		return -EINVAL;
	r = fsroot_open(options->out, &out);
	if (r == 0)
		r = fsroot_write_text(out, "/" MANIFEST_NAME, text, 0644);
	if (r == 0)
		r = fsroot_write_text(out, "/" MANIFEST_SIGNATURE, line, 0644);
	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "cannot write into %s", options->out);
	return 0;
}

static char *manifest_text(const struct json *info, const struct source *source)
{
	_cleanup_json_ struct json *manifest = json_new_object();

	json_set_string(manifest, "schema", MANIFEST_SCHEMA);
	json_set_members(manifest, info);
	json_set(manifest, "image", manifest_image_to_json(source));
	return json_to_text(manifest);
}

static int make_payload(const struct options *options, struct error **err)
{
	_cleanup_(signature_key_freep) struct signature_key *key = NULL;
	_cleanup_(image_map_done) struct image_map map = {0};
	_cleanup_source_ struct source *source = xcalloc(1, sizeof(*source)), *check = NULL;
	_cleanup_free_ char *info_text = NULL, *text = NULL;
	_cleanup_json_ struct json *info = NULL;
	size_t length;
	int r;

	r = read_key(options->key, &key, err);
	if (r == 0)
		r = read_file(options->info, INFO_MAX_BYTES, &info_text, &length, err);
	if (r == 0)
		r = json_parse(info_text, length, options->info, &info, err);
	if (r == 0)
		r = image_map_read(options->image, &map, err);
	if (r == 0)
		r = pack_image(options, &map, source, err);
	if (r < 0)
		return r;
	source->image_file = xstrdup(MANIFEST_IMAGE);
	source->image_uuid = xstrdup(map.uuid);
	source->image_bytes = map.image_bytes;
	source->block_bytes = MANIFEST_BLOCK_BYTES;
	text = manifest_text(info, source);
	/* What the installer would refuse must never leave the build. */
	r = source_from_manifest(text, strlen(text), options->info, &check, err);
	if (r < 0)
		return r;
	return write_manifest(options, key, text, err);
}

static int parse_number(const char *option, const char *text, unsigned min, unsigned max,
			unsigned *ret, struct error **err)
{
	if (str_to_uint(text, min, max, ret) < 0)
		return error_set(err, ERROR_USAGE, "--%s must be %u to %u", option, min, max);
	return 0;
}

static const struct option option_table[] = {
	{"image", required_argument, NULL, 'i'},
	{"info", required_argument, NULL, 'n'},
	{"key", required_argument, NULL, 'k'},
	{"out", required_argument, NULL, 'o'},
	{"level", required_argument, NULL, 'l'},
	{"threads", required_argument, NULL, 't'},
	{"public", required_argument, NULL, 'p'},
	{"generate-key", required_argument, NULL, 'g'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'v'},
	{0},
};

static int parse_option(int option, const char *value, struct options *options, struct error **err)
{
	switch (option) {
	case 'i':
		options->image = value;
		return 0;
	case 'n':
		options->info = value;
		return 0;
	case 'k':
		options->key = value;
		return 0;
	case 'o':
		options->out = value;
		return 0;
	case 'p':
		options->public = value;
		return 0;
	case 'g':
		options->generate = value;
		return 0;
	case 'l':
		return parse_number("level", value, 1, 22, &options->level, err);
	case 't':
		return parse_number("threads", value, 1, 256, &options->threads, err);
	case 'h':
		fputs(usage, stdout);
		exit(0);
	case 'v':
		puts("xenhost-mkpayload " XENHOST_VERSION);
		exit(0);
	default:
		return error_set(err, ERROR_USAGE, "try --help");
	}
}

static int parse_options(int argc, char **argv, struct options *options, struct error **err)
{
	int option, r = 0;

	while (r == 0 && (option = getopt_long(argc, argv, "", option_table, NULL)) >= 0)
		r = parse_option(option, optarg, options, err);
	if (r == 0 && optind < argc)
		return error_set(err, ERROR_USAGE, "unexpected argument %s", argv[optind]);
	return r;
}

static int run(int argc, char **argv, struct error **err)
{
	struct options options = {.level = 3};
	int r;

	r = parse_options(argc, argv, &options, err);
	if (r < 0)
		return r;
	if (options.public)
		return print_public(options.public, err);
	if (options.generate)
		return generate_key(options.generate, err);
	if (!options.image || !options.info || !options.key || !options.out)
		return error_set(err, ERROR_USAGE, "--image, --info, --key and --out are needed");
	return make_payload(&options, err);
}

int main(int argc, char **argv)
{
	_cleanup_error_ struct error *err = NULL;
	_cleanup_free_ char *text = NULL;

	if (run(argc, argv, &err) >= 0)
		return 0;
	text = error_text(err);
	fprintf(stderr, "xenhost-mkpayload: %s\n", text);
	if (error_get_hint(err))
		fprintf(stderr, "%s\n", error_get_hint(err));
	return error_kind_exit_code(err->kind);
}
