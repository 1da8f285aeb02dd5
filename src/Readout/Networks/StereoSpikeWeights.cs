using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>A trained StereoSpike network in a file: its settings, and its tensors in <c>.safetensors</c>.</summary>
/// <param name="Settings">The network's shape and meaning.</param>
/// <param name="Tensors">The learned tensors by name.</param>
/// <param name="Notes">Texts kept beside them: how it was trained, on what, with which seed.</param>
public sealed record StereoSpikeWeights(StereoSpikeSettings Settings, IReadOnlyDictionary<string, WeightTensor> Tensors, IReadOnlyDictionary<string, string> Notes)
{
    private const string SettingsKey = "stereospike";

    /// <summary>Reads a file and checks its tensors against its settings.</summary>
    /// <exception cref="InvalidDataException">It is damaged, holds no StereoSpike settings, or its tensors are not that network's.</exception>
    public static StereoSpikeWeights Load(string path)
    {
        (IReadOnlyDictionary<string, WeightTensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafetensorsFile.Read(path);
        if (!metadata.TryGetValue(SettingsKey, out string? json))
        {
            throw BadFile.Error(path, "__metadata__", $"has no \"{SettingsKey}\" entry with the network's settings", "Write the weights with stereospike train, or add the entry as docs/weights.md shows.");
        }

        StereoSpikeSettings settings = StereoSpikeSettings.FromJson(json, path);
        NetworkWeights.Check(StereoSpikeNetwork.Build(settings), tensors, path);
        return new StereoSpikeWeights(settings, tensors, metadata.Where(pair => pair.Key != SettingsKey).ToDictionary());
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    public void Save(string path) => SafetensorsFile.Write(path, Tensors, Notes.Append(new(SettingsKey, Settings.ToJson())).ToDictionary());
}
