/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run a program in a network of its own, with nothing but the loopback
 * interface, where the system lets us: the usual ports are free there, whoever
 * else has them.
 */
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	if (argc < 2)
		return 2;
	if (unshare(CLONE_NEWNET) == 0) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0) {
			perror("there is no loopback interface");
			return 1;
		}
	}
	(void)execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
