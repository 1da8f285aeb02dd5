namespace StereoSpike.Hardware;

/// <summary>A limit of a chip that a network exceeds.</summary>
/// <param name="Limit">The profile's key, such as <c>output_side</c>.</param>
/// <param name="Allowed">What it allows.</param>
/// <param name="Found">What the network asks for.</param>
/// <param name="Layer">The population or projection; empty for the network as a whole.</param>
/// <param name="Remedy">What change would fix it.</param>
public sealed record ChipViolation(string Limit, string Allowed, string Found, string Layer, string Remedy);
