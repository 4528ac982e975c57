/* SPDX-License-Identifier: Apache-2.0 */
/* Exports a function where the table is expected. */
__attribute__((visibility("default"))) void astro_provider_v1(void);
void astro_provider_v1(void)
{
}
