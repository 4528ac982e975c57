/* SPDX-License-Identifier: Apache-2.0 */
/* A provider in C++17 with nothing but the contract included. */
#include <astro/provider.h>

namespace
{

int open_session(const astro_host *host, const astro_settings *settings,
                 astro_session **out, astro_error *err)
{
	(void)settings;
	*out = nullptr;
	if (!ASTRO_HAS(astro_host, host, store_erase))
		return ASTRO_UNSUPPORTED;
	return host->fail(err, ASTRO_UNSUPPORTED, nullptr, "nothing to open");
}

void close_session(astro_session *session)
{
	(void)session;
}

int authenticate(astro_session *, astro_credential **out, astro_error *)
{
	*out = nullptr;
	return ASTRO_DENIED;
}

/* Without constexpr the table might be made when the file is loaded, and not
 * stand in it, where `provider list` reads it. */
constexpr astro_provider fill()
{
	astro_provider provider{};

	provider.size = sizeof(provider);
	provider.abi_major = ASTRO_ABI_MAJOR;
	provider.abi_minor = ASTRO_ABI_MINOR;
	provider.name = "alone";
	provider.title = "Alone";
	provider.open = open_session;
	provider.close = close_session;
	provider.authenticate = authenticate;
	return provider;
}

} // namespace

constexpr astro_provider astro_provider_v1 = fill();
