using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>One sinusoidal part of a movement.</summary>
/// <param name="Metres">Amplitude of the translation, metres, world axes.</param>
/// <param name="Radians">Amplitude of the turn: pitch about x, yaw about y, roll about z; radians.</param>
/// <param name="Hertz">Frequency, not negative.</param>
/// <param name="Phase">Phase at time 0, radians.</param>
public readonly record struct Swing(Vector3 Metres, Vector3 Radians, double Hertz, double Phase);
