// SPDX-License-Identifier: GPL-3.0-or-later
//! Judging a [`Config`].

use std::ops::RangeInclusive;

use super::config::Config;
use super::mpdu;
use crate::error::{in_range, Error, Result};
use crate::frame::encode;

impl Config {
    /// Judges every setting.
    ///
    /// # Errors
    /// The first setting that cannot be used, by name.
    pub fn validate(&self) -> Result<()> {
        in_range("sample_rate_hz", self.sample_rate_hz, 1e3, 1e9, "Hz")?;
        in_range("center_frequency_hz", self.center_frequency_hz, 0.0, 1e11, "Hz")?;
        in_range("duration_s", self.duration_s, 1e-3, 1e7, "s")?;
        in_range("lead_in_s", self.lead_in_s, 0.0, 1e7, "s")?;
        in_range("noise_dbfs", self.noise_dbfs, -150.0, 0.0, "dBFS")?;
        in_range("dc_offset", f64::from(self.dc_offset.re), -1.0, 1.0, "of full scale")?;
        in_range("dc_offset", f64::from(self.dc_offset.im), -1.0, 1.0, "of full scale")?;
        self.validate_radio()?;
        self.validate_mesh()?;
        self.validate_traffic()?;
        self.interference.validate(self)?;
        self.validate_band()
    }

    fn validate_radio(&self) -> Result<()> {
        let radio = &self.radio;
        let half = self.sample_rate_hz / 2.0;
        in_range("symbol_rate_hz", radio.symbol_rate_hz, 100.0, half, "Hz")?;
        in_range("deviation_hz", radio.deviation_hz, 1.0, half, "Hz")?;
        if let Some(bt) = radio.gaussian_bt {
            in_range("gaussian_bt", bt, 0.2, 5.0, "cycles a symbol")?;
        }
        // The encoder alone knows which combinations exist.
        encode(&radio.encoding, &mpdu::ack(0))?;
        let octets = &radio.preamble_octets;
        ordered("preamble_octets", f64::from(*octets.start()), f64::from(*octets.end()))?;
        in_range("preamble_octets", f64::from(*octets.start()), 1.0, 1000.0, "octets")?;
        in_range("preamble_octets", f64::from(*octets.end()), 1.0, 1000.0, "octets")?;
        Ok(())
    }

    fn validate_mesh(&self) -> Result<()> {
        let mesh = &self.mesh;
        in_range("nodes", f64::from(mesh.nodes), 0.0, 100e3, "nodes")?;
        in_range("collectors", f64::from(mesh.collectors), 0.0, 100e3, "nodes")?;
        if mesh.nodes + mesh.collectors == 0 {
            return Err(Error::parameter("nodes", 0, "at least one node or collector"));
        }
        range("snr_db", &mesh.snr_db, -50.0, 100.0, "dB")?;
        range("carrier_error_hz", &mesh.carrier_error_hz, -1e6, 1e6, "Hz")?;
        range("clock_error_ppm", &mesh.clock_error_ppm, -2e4, 2e4, "ppm")
    }

    fn validate_traffic(&self) -> Result<()> {
        let traffic = &self.traffic;
        in_range("unicast_rate_hz", traffic.unicast_rate_hz, 0.0, 1e4, "a second")?;
        in_range("broadcast_rate_hz", traffic.broadcast_rate_hz, 0.0, 1e4, "a second")?;
        in_range("beacon_period_s", traffic.beacon_period_s, 0.0, 1e6, "s")?;
        in_range("beacon_frequency_hz", traffic.beacon_frequency_hz, 0.0, 1e11, "Hz")?;
        in_range("ack_probability", traffic.ack_probability, 0.0, 1.0, "of the unicasts")?;
        let octets = &traffic.payload_octets;
        let most = mpdu::max_payload(&self.radio.encoding) as f64;
        ordered("payload_octets", f64::from(*octets.start()), f64::from(*octets.end()))?;
        in_range("payload_octets", f64::from(*octets.end()), 0.0, most, "octets")?;
        if traffic.unicast_rate_hz > 0.0 && self.mesh.nodes + self.mesh.collectors < 2 {
            return Err(Error::parameter("nodes", 1, "at least two with unicast_rate_hz above 0"));
        }
        Ok(())
    }

    fn validate_band(&self) -> Result<()> {
        in_range("band start_hz", self.band.start_hz, 0.0, 1e11, "Hz")?;
        in_range("band spacing_hz", self.band.spacing_hz, 1.0, 1e11, "Hz")?;
        in_range("band count", f64::from(self.band.count), 1.0, 1e5, "channels")?;
        let speaks = self.traffic.unicast_rate_hz > 0.0 || self.traffic.broadcast_rate_hz > 0.0;
        if speaks && self.channels_hz().is_empty() {
            let reach = (self.sample_rate_hz - self.channel_width_hz()) / 2.0;
            return Err(Error::parameter(
                "center_frequency_hz",
                format!("{} Hz", self.center_frequency_hz),
                format!("a channel of the band within {reach} Hz of it"),
            ));
        }
        Ok(())
    }
}

fn range(
    name: &'static str,
    range: &RangeInclusive<f64>,
    low: f64,
    high: f64,
    unit: &str,
) -> Result<()> {
    in_range(name, *range.start(), low, high, unit)?;
    in_range(name, *range.end(), low, high, unit)?;
    ordered(name, *range.start(), *range.end())
}

fn ordered(name: &'static str, low: f64, high: f64) -> Result<()> {
    if low > high {
        return Err(Error::parameter(
            name,
            format!("{low} to {high}"),
            "the lower end of the range first",
        ));
    }
    Ok(())
}
