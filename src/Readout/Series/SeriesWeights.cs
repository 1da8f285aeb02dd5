using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>A trained series network in a <c>.safetensors</c> file.</summary>
public static class SeriesWeights
{
    private const string SettingsKey = "series";

    /// <summary>Writes a network and texts about it, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network.</param>
    /// <param name="notes">Texts kept beside it: how its input is encoded, how it was trained.</param>
    public static void Save(string path, SeriesNetwork network, IReadOnlyDictionary<string, string> notes)
    {
        ArgumentNullException.ThrowIfNull(network);
        SafetensorsFile.Write(path, network.Parameters.ToDictionary(parameter => parameter.Name, parameter => new WeightTensor(parameter.Shape, parameter.Values)),
            notes.Append(new(SettingsKey, network.Settings.ToJson())).ToDictionary());
    }

    /// <summary>Reads a network and its texts.</summary>
    /// <param name="path">The file.</param>
    /// <param name="task">What it must be for, such as <c>audio</c>.</param>
    /// <exception cref="InvalidDataException">It is damaged, holds no series network, one for another task, or tensors of another.</exception>
    public static (SeriesNetwork Network, IReadOnlyDictionary<string, string> Notes) Load(string path, string task)
    {
        (IReadOnlyDictionary<string, WeightTensor> tensors, IReadOnlyDictionary<string, string> notes) = SafetensorsFile.Read(path);
        if (!notes.TryGetValue(SettingsKey, out string? json))
        {
            throw BadFile.Error(path, "__metadata__", $"has no \"{SettingsKey}\" entry with the network's settings", "Write the weights with stereospike series train.");
        }

        SeriesSettings settings = SeriesSettings.FromJson(json, path);
        if (settings.Task != task)
        {
            throw BadFile.Error(path, "network settings", $"says that the network is for {settings.Task}, not {task}", $"Use --task {settings.Task}, or other weights.");
        }

        var network = new SeriesNetwork(settings, seed: 0);
        foreach (SeriesParameter parameter in network.Parameters)
        {
            if (!tensors.TryGetValue(parameter.Name, out WeightTensor? tensor) || !tensor.Shape.SequenceEqual(parameter.Shape) || !tensor.Values.All(float.IsFinite))
            {
                throw BadFile.Error(path, parameter.Name, $"is missing, not finite or not of shape [{string.Join(", ", parameter.Shape)}]", "The file is damaged; train the network again.");
            }

            tensor.Values.CopyTo(parameter.Values, 0);
        }

        return (network, notes);
    }
}
