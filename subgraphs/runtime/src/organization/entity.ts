import { EntitySchema } from 'typeorm';
import type { OrganizationRecord } from './types.js';

export const organizationEntity = new EntitySchema<OrganizationRecord>({
  name: 'organization',
  columns: {
    id: { type: 'text', primary: true },
    name: { type: 'text' },
    shortName: { type: 'text', name: 'short_name', nullable: true },
    kind: { type: 'text' },
    divisionCode: { type: 'text', name: 'division_code' },
    address: { type: 'text', nullable: true },
    parentId: { type: 'text', name: 'parent_id', nullable: true },
    path: { type: 'text', array: true },
    officePhone: { type: 'text', name: 'office_phone', nullable: true },
    acceptsMobileMembers: { type: 'boolean', name: 'accepts_mobile_members' },
    endsOn: { type: 'date', name: 'ends_on', nullable: true },
  },
});
