/* SPDX-License-Identifier: Apache-2.0 */
/* The measure: a dynamic program that does nothing. */

int main(void)
{
	return 0;
}
