import { EntitySchema } from 'typeorm';
import type { StationRecord } from './types.js';

export const stationEntity = new EntitySchema<StationRecord>({
  name: 'service_station',
  columns: {
    id: { type: 'text', primary: true },
    name: { type: 'text' },
    tier: { type: 'text' },
    address: { type: 'text', nullable: true },
    divisionCode: { type: 'text', name: 'division_code' },
    organizationId: { type: 'text', name: 'organization_id' },
    hours: { type: 'jsonb' },
    dutyRoster: { type: 'jsonb', name: 'duty_roster' },
    hotline: { type: 'text', nullable: true },
    amenities: { type: 'text', array: true },
  },
});
