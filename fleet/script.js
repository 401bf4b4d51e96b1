/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts the list as it is now in the place of the list as it was; the server writes both. */
"use strict";
const live = document.getElementById("live");
async function renew() {
	try {
		const answer = await fetch("/part" + location.search);
		if (answer.ok)
			live.innerHTML = await answer.text();
		live.style.opacity = answer.ok ? "" : "0.6";
	} catch {
		live.style.opacity = "0.6";
	}
	setTimeout(renew, document.hidden ? 15000 : 2000);
}
setTimeout(renew, 2000);
