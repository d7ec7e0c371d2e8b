// The map of offices: coordinates are labels of siaga_office_info, made numbers by a transformation. Without internet
// the base map stays empty and the offices are still there.
import {
  ControlsOptionsBuilder,
  MapViewConfigBuilder,
  PanelBuilder,
  TooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/geomap';
import { FieldColorBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { common } from './panels.mjs';

const markers = {
  type: 'markers',
  name: 'Siaga',
  tooltip: true,
  location: { mode: 'coords', latitude: 'latitude', longitude: 'longitude' },
  config: {
    showLegend: false,
    style: {
      color: { field: 'Value', fixed: 'dark-green' },
      opacity: 0.9,
      rotation: { fixed: 0, max: 360, min: -360, mode: 'mod' },
      size: { fixed: 9, max: 15, min: 2 },
      symbol: { fixed: 'img/icons/marker/circle.svg', mode: 'fixed' },
      text: { field: 'office', fixed: '', mode: 'field' },
      textConfig: { fontSize: 11, offsetX: 0, offsetY: -14, textAlign: 'center', textBaseline: 'middle' },
      symbolAlign: { horizontal: 'center', vertical: 'center' },
    },
  },
};

const numbers = {
  id: 'convertFieldType',
  options: {
    conversions: ['latitude', 'longitude'].map((field) => ({ targetField: field, destinationType: 'number' })),
    fields: {},
  },
};

export const geomap = (p, query) => ({
  id: p.id,
  build: () =>
    common(new PanelBuilder(), { ...p, transformations: [numbers] }, [{ ...query, format: 'table' }])
      .colorScheme(new FieldColorBuilder().mode('thresholds'))
      .view(new MapViewConfigBuilder().id('fit').allLayers(true).lat(0).lon(117).zoom(6).padding(25).maxZoom(11))
      .controls(new ControlsOptionsBuilder().showZoom(true).mouseWheelZoom(false).showAttribution(true))
      .basemap({ build: () => ({ type: 'default', name: 'base', config: {} }) })
      .layers([{ build: () => markers }])
      .tooltip(new TooltipOptionsBuilder().mode('details')),
});
