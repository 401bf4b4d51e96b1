/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of a program stays in memory. Called once by commands that wait long, right at their start;
 * changes nothing that a program can see but its size.
 */
#pragma once

/*
 * Gives back the pages of code and constants that only loading has touched: half a hundred
 * libraries, each of which sets itself up. What is needed is mapped again where it is used, from
 * the page cache. Pages that were ever written to are not among them.
 */
void resident_give_back(void);
