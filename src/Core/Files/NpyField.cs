namespace StereoSpike.Files;

/// <summary>A field of the records of a NumPy array.</summary>
/// <param name="Name">Its name; empty where the array is plain.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Offset">Where it begins in a record, bytes.</param>
public readonly record struct NpyField(string Name, NpyType Type, int Offset);
