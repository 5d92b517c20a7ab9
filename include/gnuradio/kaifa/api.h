// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_API_H
#define INCLUDED_KAIFA_API_H

#include <gnuradio/attributes.h>

#ifdef gnuradio_kaifa_EXPORTS
#define KAIFA_API __GR_ATTR_EXPORT
#else
#define KAIFA_API __GR_ATTR_IMPORT
#endif

#endif /* INCLUDED_KAIFA_API_H */
