/** Fields that rows draw values for. Numbers are for good: a renumbered field is another population. */
export const memberField = {
  id1: 0, id2: 1, id3: 2, externality: 3, branch: 4, joined1: 5, joined2: 6, externalHome: 7, birthBlock: 8, cellOffset: 9, phoneOffset: 10,
  /** Names are drawn again while they are blocked: attempt n takes 32 + 2n and 33 + 2n. */
  name: 32,
} as const;

/** Fields of an organisation or station; its slot takes 16 numbers of its own. */
export const placeField = { id1: 0, id2: 1, id3: 2, chosen: 3, accepts: 4, street: 5, phone: 6, ends: 7, variant: 8, hours: 9, amenities: 10, duty: 11 } as const;
